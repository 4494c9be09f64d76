-- `take_steps` for scripts that seldom meet steps: its functions are created only when they are needed.
--
-- Needs   prelude

local function take_steps_on_demand(from)
  if ARGV[from] == '0' then return from + 1 end

  -- @include chording

  return take_steps(from)
end
