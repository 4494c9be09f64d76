-- `take_steps` for a script that seldom meets any: the functions are made when they are needed.
--
-- Needs   prelude

local function take_steps_on_demand(from)
  if ARGV[from] == '0' then return from + 1 end

  -- @include chording

  return take_steps(from)
end
