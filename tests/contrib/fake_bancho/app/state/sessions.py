from app.objects.collections import Matches, Players

players = Players()
matches = Matches()
