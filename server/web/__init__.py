"""The toolkit under every dialect. Knows nothing of osu!."""
