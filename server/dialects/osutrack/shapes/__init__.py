"""Domain facts as the osu!track API tells them."""
