"""The portal's features, which Graph keeps as well-known tags.

https://learn.microsoft.com/graph/api/resources/serviceprincipal (tags)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TAGS: Final = {
    "customSingleSignOn": "WindowsAzureActiveDirectoryCustomSingleSignOnApplication",
    "enterprise": "WindowsAzureActiveDirectoryIntegratedApp",
    "gallery": "WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1",
    "hide": "HideApp",
}


def tags_of(inputs: Mapping[str, Any]) -> list[str]:
    """Return the tags that `tags` or `featureTags` of an application or service principal mean."""
    features = inputs.get("featureTags") or []
    named = [TAGS[name] for block in features for name in TAGS if block.get(name)]
    return [*inputs.get("tags", []), *named]


def features_of(tags: list[str]) -> list[dict[str, bool]]:
    """Return `featureTags` as they are read back from tags."""
    return [{name: tag in tags for name, tag in TAGS.items()}]
