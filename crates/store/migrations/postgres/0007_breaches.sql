-- 'unexplained' or 'explained' where a clock passed its target; null where none did.
alter table incidents add column breach text collate "C";
update incidents set breach = 'unexplained'
  where body like '%"first_breached_at":%' and body not like '%"quiet":true%';
-- Few of all that ever passed a target wait for a reason.
create index incidents_unexplained on incidents (number) where breach = 'unexplained';
