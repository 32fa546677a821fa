"""What a developer may do in a namespace beyond looking.

Secrets can be neither read nor written, roles and quotas not changed.
"""

from __future__ import annotations

import pulumi_kubernetes as kubernetes

_CHANGE = ["create", "delete", "patch", "update"]
_ALL = ["get", "list", "watch", *_CHANGE]

TENANT_DEVELOPER_RULES = [
    kubernetes.rbac.v1.PolicyRuleArgs(
        # The platform's own objects: codebases, pipelines as the portal shows them, deployments.
        api_groups=["v2.edp.epam.com"],
        resources=["*"],
        verbs=_ALL,
    ),
    kubernetes.rbac.v1.PolicyRuleArgs(
        api_groups=["tekton.dev"], resources=["pipelineruns", "taskruns"], verbs=_ALL
    ),
    kubernetes.rbac.v1.PolicyRuleArgs(
        api_groups=["tekton.dev"],
        resources=["pipelines", "tasks"],
        verbs=["get", "list", "watch"],
    ),
    kubernetes.rbac.v1.PolicyRuleArgs(
        api_groups=["argoproj.io"],
        resources=["applications"],
        verbs=["get", "list", "watch", "patch"],
    ),
    kubernetes.rbac.v1.PolicyRuleArgs(
        api_groups=["apps"],
        resources=["deployments", "deployments/scale", "statefulsets", "statefulsets/scale"],
        verbs=_CHANGE,
    ),
    kubernetes.rbac.v1.PolicyRuleArgs(
        api_groups=[""], resources=["configmaps", "services"], verbs=_CHANGE
    ),
    kubernetes.rbac.v1.PolicyRuleArgs(api_groups=[""], resources=["pods"], verbs=["delete"]),
    kubernetes.rbac.v1.PolicyRuleArgs(
        api_groups=[""], resources=["pods/exec", "pods/portforward"], verbs=["create"]
    ),
]
