"""An entry of the list of stacks."""

from __future__ import annotations

STACK = {
    "name": "prod",
    "environment": "prod",
    "previewClientId": "11111111-1111-1111-1111-111111111111",
    "deployClientId": "22222222-2222-2222-2222-222222222222",
    "previewRoleArn": "arn:aws:iam::123456789012:role/preview",
    "deployRoleArn": "arn:aws-cn:iam::123456789012:role/ci/deploy",
    "awsRegion": "eu-central-1",
    "backendUrl": "s3://contoso-pulumi-state",
}
