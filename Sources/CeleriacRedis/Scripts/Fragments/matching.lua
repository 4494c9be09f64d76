-- Whether a message belongs to a given call. A message without an id is identified by its tag.
--
-- Needs   prelude, messages; ARGV[first + 1] is the id

-- JSON leaves texts of these characters unchanged, so a plain search can avoid the costly parsing.
local is_plain = not string.find(ARGV[first + 1], '[^%w_.:+ -]')
local function is_of(raw, id, queue)
  if is_plain and not string.find(raw, id, 1, true) then return false end
  return (id_of(raw) or (read(raw, queue))) == id
end
