"""The address guard: whatever reaches the network for a person's link goes through it.

A link may lead to the public internet only, or to what `[sources] allow_private` names. `check` judges, `proxy` holds child
programs to it, `fetching` gets small things.
"""

from __future__ import annotations

from appliance.guard.check import Checked, Guard

__all__ = ["Checked", "Guard"]
