-- Whether the lease `l` has not lapsed. A lapsed one, swept or not, counts as ready. Parameters 1 and 2: boot, uptime.

l.boot = ?1 AND l.expires > ?2
