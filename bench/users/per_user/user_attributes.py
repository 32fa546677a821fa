"""The extension values of one user as a dynamic resource, as Pulumi's documentation teaches it.

It is not written badly: one token and one client for all requests, both values in one PATCH, a 429
waited for; and in a module of its own, so that the state holds a reference instead of the code.
https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
"""

import os
import time

import httpx
from pulumi.dynamic import CreateResult, ReadResult, Resource, ResourceProvider, UpdateResult

PROPERTIES = ("default_namespace", "picture")


class UserAttributesProvider(ResourceProvider):
    """Talks to Microsoft Graph for one user at a time."""

    def configure(self, req):
        """Get a token."""
        login, tenant_id, self.graph, self.names = (
            req.config.require(key) for key in ("loginUrl", "tenantId", "graphUrl", "names")
        )
        self.names = dict(zip(PROPERTIES, self.names.split(","), strict=True))
        self.http = httpx.Client(timeout=30)
        answer = self.http.post(
            f"{login}/{tenant_id}/oauth2/v2.0/token",
            data={
                "client_id": os.environ["ARM_CLIENT_ID"],
                "client_secret": os.environ["ARM_CLIENT_SECRET"],
                "scope": f"{self.graph}/.default",
                "grant_type": "client_credentials",
            },
        )
        token = answer.raise_for_status().json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method, user_id, **options):
        """Send one request about a user."""
        while True:
            answer = self.http.request(method, f"{self.graph}/v1.0/users/{user_id}", **options)
            if answer.status_code != 429:
                return answer.raise_for_status()
            time.sleep(int(answer.headers["Retry-After"]))

    def write(self, user_id, values):
        """Set both values."""
        self.ask("PATCH", user_id, json={self.names[name]: values[name] for name in PROPERTIES})

    def create(self, props):
        """Write them."""
        self.write(props["user_id"], props)
        return CreateResult(props["user_id"], props)

    def update(self, id_, _olds, news):
        """Write them again."""
        self.write(id_, news)
        return UpdateResult(news)

    def read(self, id_, props):
        """Return the live values."""
        select = ",".join(["id", *self.names.values()])
        live = self.ask("GET", id_, params={"$select": select}).json()
        return ReadResult(id_, props | {name: live.get(self.names[name]) for name in PROPERTIES})

    def delete(self, id_, _props):
        """Clear them."""
        self.write(id_, dict.fromkeys(PROPERTIES))


class UserAttributes(Resource):
    """One user."""

    def __init__(self, name, user_id, default_namespace, picture):
        super().__init__(
            UserAttributesProvider(),
            name,
            {"user_id": user_id, "default_namespace": default_namespace, "picture": picture},
        )
