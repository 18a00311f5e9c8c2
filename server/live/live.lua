-- The one place where the live layer is changed: every writer runs this text, so that all of them mean the same.
-- Redis runs it as one step. What it compares and stores decides which events there are: saying again what is known
-- makes none.
--
-- KEYS[1] is `<base>servers`; every other key has the same base, and with it the same hash slot.
-- ARGV: verb, game server, lease in milliseconds, then what the verb wants:
--   say     any number of (what, id, text); answers how many of them were news. Of whole, the whole truth, the parts
--           that were said in steps before are named once more: ('still', what .. id, '').
--           Before all others there may be conditions on a player or a lobby of this game server, with the text that
--           was read of it, '' for none: ('same', what .. id, text), the very text still stands; ('timed', what .. id,
--           text), what stands is of the same login_time, opened_at and started_at. Where one does not hold, nothing
--           is done and the answer is -1
--   renew   nothing; answers {was all that this game server had said still known, its players, its lobbies}
--   sweep   nothing (and nobody's name); answers how many leases were found to have run out

local KEPT_EVENTS = 50000
local KEPT_HISTORY = 100000
-- For so long the same game or score is known to have been said already.
local ONCE_MILLISECONDS = 3600000
-- One step must not hold Redis up for long; whoever sweeps comes again.
local MOST_SWEPT = 1000

local base = KEYS[1]:sub(1, -#'servers' - 1)
local verb, server, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%d', now + lease)

local SERVERS, PLAYERS, MATCHES = KEYS[1], base .. 'players', base .. 'matches'

local function player_key(id) return base .. 'player:' .. id end
local function match_key(of, id) return base .. 'match:' .. of .. ':' .. id end
local function players_of(of) return base .. 'players:' .. of end
local function matches_of(of) return base .. 'matches:' .. of end
-- There while nothing is missing of what a game server has said: which Redis has kept it.
local function kept_key(of) return base .. 'kept:' .. of end

-- Another one after each start and each fail-over, either of which may have lost the latest.
local function life()
  local allowed, info = pcall(redis.call, 'INFO', 'server')
  return allowed and info:match('run_id:(%x+)') or 'unknown'
end

local function add(stream, kept, kind, of, id, text)
  redis.call('XADD', base .. stream, 'MAXLEN', '~', kept, '*', 'kind', kind, 'server', of, 'id', id, 'data', text)
end

local function event(kind, of, id, text) add('events', KEPT_EVENTS, kind, of, id, text) end
local function history(kind, of, id, text) add('history', KEPT_HISTORY, kind, of, id, text) end

-- JSON that is no object says nothing.
local function read(text)
  local readable, said = pcall(cjson.decode, text)
  return readable and type(said) == 'table' and said or {}
end

-- Under one of the names: the sets hold whose everybody is also after the texts are gone.
local function server_of(id)
  for _, name in ipairs(redis.call('ZRANGE', SERVERS, 0, -1)) do
    if redis.call('SISMEMBER', players_of(name), id) == 1 then return name end
  end
  return ''
end

local function end_player(of, id, why)
  if why == 'lost' then redis.call('DEL', kept_key(of)) end
  redis.call('ZREM', PLAYERS, id)
  redis.call('SREM', players_of(of), id)
  redis.call('DEL', player_key(id))
  event('logout', of, id, why)
end

local function end_match(of, id, why)
  if why == 'lost' then redis.call('DEL', kept_key(of)) end
  redis.call('ZREM', MATCHES, of .. ':' .. id)
  redis.call('SREM', matches_of(of), id)
  redis.call('DEL', match_key(of, id))
  event('lobby_closed', of, id, why)
  history('closed', of, id, why)
end

local function say_player(id, text)
  local key = player_key(id)
  local before = redis.call('GET', key)
  if not before and redis.call('ZSCORE', PLAYERS, id) then end_player(server_of(id), id, 'lost') end
  local old, new = before and read(before), read(text)
  if old and old.login_time ~= new.login_time then
    end_player(server_of(id), id, 'left')
    old = nil
  elseif old and old.server ~= server then
    redis.call('SREM', players_of(server_of(id)), id)
  end
  redis.call('SET', key, text, 'PX', lease)
  redis.call('ZADD', PLAYERS, ends, id)
  redis.call('SADD', players_of(server), id)
  if before == text then return 0 end
  event(old and 'status' or 'login', server, id, text)
  return 1
end

-- A player whom another game server has claimed since stays with that one.
local function say_left(id)
  if redis.call('SISMEMBER', players_of(server), id) == 0 then return 0 end
  end_player(server, id, 'left')
  return 1
end

local function say_match(id, text)
  local key, member = match_key(server, id), server .. ':' .. id
  local before = redis.call('GET', key)
  if not before and redis.call('ZSCORE', MATCHES, member) then end_match(server, id, 'lost') end
  local old, new = before and read(before), read(text)
  if old and old.opened_at ~= new.opened_at then
    end_match(server, id, 'left')
    old = nil
  end
  redis.call('SET', key, text, 'PX', lease)
  redis.call('ZADD', MATCHES, ends, member)
  redis.call('SADD', matches_of(server), id)
  if before == text then return 0 end
  event(old and 'lobby_changed' or 'lobby_opened', server, id, text)
  history('lobby', server, id, text)
  local playing = old and old.in_progress == true and old.started_at == new.started_at
  if new.in_progress == true and not playing then event('game_started', server, id, text) end
  return 1
end

local function say_closed(id)
  if redis.call('SISMEMBER', matches_of(server), id) == 0 then return 0 end
  end_match(server, id, 'left')
  return 1
end

-- Games and scores are no state, so they carry a name of their own before their subject: `<name>/<id>`.
local function say_once(kind, named, text)
  local id = named:match('([^/]*)$')
  local key = base .. 'once:' .. kind .. ':' .. server .. ':' .. named
  if not redis.call('SET', key, '1', 'NX', 'PX', ONCE_MILLISECONDS) then return 0 end
  event(kind, server, id, text)
  if kind == 'game_finished' then history(kind, server, id, text) end
  return 1
end

-- The whole truth: of this game server there is nothing but what the other statements of this step have named.
local function say_whole(named)
  local news = 0
  for _, id in ipairs(redis.call('SMEMBERS', players_of(server))) do
    if not named['player' .. id] then news = news + say_left(id) end
  end
  for _, id in ipairs(redis.call('SMEMBERS', matches_of(server))) do
    if not named['match' .. id] then news = news + say_closed(id) end
  end
  return news
end

-- Some words prove nothing of the rest: only the whole truth begins anew, and a renewal, which has told.
local function keep(all)
  if all then
    redis.call('SET', kept_key(server), life(), 'PX', lease)
  else
    redis.call('PEXPIRE', kept_key(server), lease)
  end
end

local function holds(condition, named, text)
  local what, id = named:match('^(%a+)(%d+)$')
  local found = redis.call('GET', what == 'player' and player_key(id) or match_key(server, id)) or ''
  if condition == 'same' then return found == text end
  local old, new = read(text), read(found)
  return old.login_time == new.login_time and old.opened_at == new.opened_at and old.started_at == new.started_at
end

local function say()
  local first = 4
  while ARGV[first] == 'same' or ARGV[first] == 'timed' do
    if not holds(ARGV[first], ARGV[first + 1], ARGV[first + 2]) then return -1 end
    first = first + 3
  end
  redis.call('ZADD', SERVERS, ends, server)
  local news, named, whole = 0, {}, false
  for at = first, #ARGV, 3 do
    local what, id, text = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    named[what .. id] = true
    if what == 'player' then news = news + say_player(id, text)
    elseif what == 'left' then news = news + say_left(id)
    elseif what == 'match' then news = news + say_match(id, text)
    elseif what == 'closed' then news = news + say_closed(id)
    elseif what == 'still' then named[id] = true
    elseif what == 'whole' then whole = true
    else news = news + say_once(what, id, text) end
  end
  if whole then news = news + say_whole(named) end
  keep(whole)
  return news
end

local function renew()
  redis.call('ZADD', SERVERS, ends, server)
  local players, matches = 0, 0
  for _, id in ipairs(redis.call('SMEMBERS', players_of(server))) do
    if redis.call('PEXPIRE', player_key(id), lease) == 1 then
      redis.call('ZADD', PLAYERS, ends, id)
      players = players + 1
    else
      end_player(server, id, 'lost')
    end
  end
  for _, id in ipairs(redis.call('SMEMBERS', matches_of(server))) do
    if redis.call('PEXPIRE', match_key(server, id), lease) == 1 then
      redis.call('ZADD', MATCHES, ends, server .. ':' .. id)
      matches = matches + 1
    else
      end_match(server, id, 'lost')
    end
  end
  local known = redis.call('GET', kept_key(server)) == life()
  keep(true)
  return {known and 1 or 0, players, matches}
end

local function sweep()
  local swept = 0
  local function over(set)
    return redis.call('ZRANGEBYSCORE', set, '-inf', string.format('%d', now), 'LIMIT', 0, MOST_SWEPT)
  end
  for _, id in ipairs(over(PLAYERS)) do
    end_player(server_of(id), id, 'lost')
    swept = swept + 1
  end
  for _, member in ipairs(over(MATCHES)) do
    local of, id = member:match('^(.*):([^:]*)$')
    if of then end_match(of, id, 'lost') end
    redis.call('ZREM', MATCHES, member)
    swept = swept + 1
  end
  -- A name goes last: it is how the players of a game server are found.
  for _, name in ipairs(over(SERVERS)) do
    if redis.call('EXISTS', players_of(name), matches_of(name)) == 0 then redis.call('ZREM', SERVERS, name) end
  end
  return swept
end

if verb == 'say' then return say() end
if verb == 'renew' then return renew() end
return sweep()
