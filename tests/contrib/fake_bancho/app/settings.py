"""What bancho.py reads from its environment."""

import os

REDIS_DSN = os.environ["FAKE_REDIS_DSN"]

# "Match._refs": this attribute is not there, as in a version that the bridge does not know.
WITHOUT = os.environ.get("FAKE_WITHOUT", "")
