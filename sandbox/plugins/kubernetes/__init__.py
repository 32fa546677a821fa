"""Stand-in for the kubernetes provider plugin 4.34.2, in its default server-side apply mode.

Any kind the API server knows, by discovery; what is left out is waiting for workloads to become
ready, and what is no plain object (Helm, YAML, Kustomize, Patch and List resources).
"""
