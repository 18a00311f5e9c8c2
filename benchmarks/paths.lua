-- For wrk: asks for each line of a file in turn by the method that is named, and prints one line of JSON at the end.
local prepared, at = {}, 0

function init(args)
  for path in io.lines(args[1]) do
    prepared[#prepared + 1] = wrk.format(args[2], path)
  end
end

function request()
  at = at % #prepared + 1
  return prepared[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "median": %d, "p99": %d, "bad_status": %d, "broken": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
