-- What Redis' Lua 5.1 offers to a script. Redis refuses to define globals, so none may be written.
stds.redis = {
  read_globals = {
    'ARGV', 'KEYS', 'bit', 'cjson', 'cmsgpack', 'math', 'redis', 'string', 'struct', 'table',
    'assert', 'error', 'ipairs', 'next', 'pairs', 'pcall', 'select', 'tonumber', 'tostring', 'type', 'unpack',
  },
}
std = 'redis'
max_line_length = 120
