"""Pulumi, etcd and the Kubernetes servers: found, downloaded or built, and cached by version."""
