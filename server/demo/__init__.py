"""The demo world: invented beatmaps, players and plays, for a server that has nothing else to show."""
