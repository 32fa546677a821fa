"""The policy pack, as Pulumi starts it: it serves until the engine ends it."""

import sys
from pathlib import Path

# Pulumi runs the folder, not the package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pulumi_policy import PolicyPack

from policy.policies import POLICIES

PolicyPack("entra-eks-sso", policies=[*POLICIES])
