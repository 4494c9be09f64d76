-- Whether a message is a given call's. A message without an id is known by its tag.
--
-- Needs   prelude, messages; ARGV[first + 1] is the id

-- Texts without these characters stand in JSON as they are; parsing is dear.
local is_plain = not string.find(ARGV[first + 1], '[^%w_.:+ -]')
local function is_of(raw, id, queue)
  if is_plain and not string.find(raw, id, 1, true) then return false end
  return (id_of(raw) or (read(raw, queue))) == id
end
