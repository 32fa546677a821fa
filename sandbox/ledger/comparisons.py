"""With whom the stand-ins were compared, and with whom never.

A test holds every library's version against the installed one: after an update, run the named
tests and write the new version here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One program that nobody here wrote, and what it was used against."""

    part: str
    client: str
    version: str
    what: str
    tests: str
    """Where it happens; `by hand` when it needs what a test cannot have."""
    distribution: str | None = None
    """Its name among the installed Python packages, if it is one."""
    pinned_in: str | None = None
    """The file that pins its version, if it is none."""


COMPARISONS = (
    Comparison(
        part="Login, Graph",
        client="Microsoft Authentication Library for Python",
        distribution="msal",
        version="1.39.0",
        what="code with PKCE, refresh, device code, client credentials by each proof, refusals",
        tests="tests/conformance/login",
    ),
    Comparison(
        part="Login, Graph",
        client="Azure Identity for Python",
        distribution="azure-identity",
        version="1.27.0",
        what="the credentials that the program signs in with",
        tests="tests/sandbox/entra",
    ),
    Comparison(
        part="Login",
        client="openid-client for Node.js, with jose",
        version="6.9.0",
        what="discovery, code with PKCE, refresh, UserInfo, end of session, as the portal does",
        tests="tests/conformance/login",
        pinned_in="tests/conformance/login/node/package.json",
    ),
    Comparison(
        part="Login",
        client="go-oidc and x/oauth2 for Go",
        version="3.17.0",
        what="what int128/kubelogin does by them: discovery by both issuers, code with PKCE or "
        "with a secret at any port of localhost, refresh, device code",
        tests="tests/conformance/login",
        pinned_in="tests/conformance/kubectl_oidc_login/go.mod",
    ),
    Comparison(
        part="Login",
        client="PyJWT",
        distribution="PyJWT",
        version="2.15.1",
        what="keys, signatures and claims of tokens that joserfc has signed",
        tests="tests/sandbox/entra",
    ),
    Comparison(
        part="Login",
        client="Chromium by Playwright",
        distribution="playwright",
        version="1.65.2",
        what="the sign-in page, by mouse and keyboard",
        tests="tests/sandbox/entra",
    ),
    Comparison(
        part="Login, EKS",
        client="kube-apiserver",
        version="1.34.1",
        what="discovery, keys and ID tokens of the issuers it was told to trust, two at once",
        tests="tests/sandbox/eks",
    ),
    Comparison(
        part="EKS",
        client="AWS SDK for Python",
        distribution="boto3",
        version="1.44.5",
        what="every operation, every refusal; bodies and errors by the service's own model",
        tests="tests/sandbox/eks",
    ),
    Comparison(
        part="EKS",
        client="AWS SDK for Python",
        distribution="boto3",
        version="1.44.5",
        what="the life of one identity provider, paginators and the waiter cluster_active",
        tests="tests/conformance",
    ),
    Comparison(
        part="Login, EKS",
        client="Kubernetes client for Python",
        distribution="kubernetes",
        version="37.0.1",
        what="a sign-in by the program's kubeconfig user: who one is, what one may, being let in "
        "and kept out",
        tests="tests/conformance",
    ),
    Comparison(
        part="Login, EKS",
        client="kubectl",
        version="1.34.1",
        what="the same, by `auth whoami`, `auth can-i` and `get`",
        tests="tests/conformance",
    ),
    Comparison(
        part="Login, Graph",
        client="Microsoft Authentication Library for Python",
        distribution="msal",
        version="1.39.0",
        what="what a real tenant can be asked as well: discovery, refusals, an application's life",
        tests="tests/conformance",
    ),
    Comparison(
        part="azuread plugin",
        client="terraform-provider-azuread",
        version="3.9.0",
        what="the requests it sends for each resource and lookup, recorded once and kept as tests",
        tests="tests/sandbox/plugins",
    ),
    Comparison(
        part="kubernetes plugin",
        client="pulumi-resource-kubernetes",
        version="4.25, commit f47bc2d6f199",
        what="a whole rehearsal with it instead of the stand-in, then a preview and a refresh "
        "without changes; the tests of the stand-in, run against it",
        tests="by hand",
    ),
)

DIFFERENCES = (
    (
        "kubernetes plugin",
        "A refresh of the official plugin does not see items that somebody has added to a declared "
        "list, such as subjects of a role binding; the stand-in's does.",
    ),
    (
        "kubernetes plugin",
        "A preview of the official plugin shows the uid and the times that the API server made up "
        "in the dry run; the stand-in says that they are not known yet.",
    ),
    (
        "kubernetes plugin",
        "With a cluster that does not answer, the official plugin still previews and fails when "
        "something is really done; the stand-in fails in the preview.",
    ),
    (
        "kubernetes plugin",
        "The official plugin names what replaces an object by its full path (`roleRef.name`), the "
        "stand-in by its first part.",
    ),
)
"""What the comparisons have shown to be otherwise, by part, and is so still."""
