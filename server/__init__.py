"""bancho-api: one web API server for osu! private servers, in every dialect their clients speak."""

VERSION = "0.1.0"
