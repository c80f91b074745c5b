-- An incident, and a group of a source, may have hundreds of thousands of open alerts. What is asked
-- of them is found without going through all: the incidents of a group one after the other, and
-- the newest of an incident in each state.
drop index alerts_group;
create index alerts_group on alerts (integration_id, group_key, number, id) where ended_at is null;
create index alerts_open_newest on alerts (number, state, id) where ended_at is null;
