"""Our schema beside the reference that storefronts are written for: what is missing, narrower or extra, and why."""
