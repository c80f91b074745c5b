-- More may be open than can be ranked by risk. What stands in for it is one expression and the number, so
-- that any place in the list is found at once, and what comes before and after it. The expression
-- is that of the queries, word for word.
create index incidents_urgency on incidents (
  (case when state in ('new', 'in_progress', 'on_hold')
    then (5 * breached + 6 - priority) * 288230376151711744 + 288230376151711743
    - case when breached = 1 then 0 else coalesce(due_at, 288230376151711743) end else 0 end),
  number
) where state in ('new', 'in_progress', 'on_hold');
-- What is due soon, without going through all that is breached and has nothing due.
create index incidents_due on incidents (due_at)
  where due_at is not null and state in ('new', 'in_progress', 'on_hold');
