-- By which the first telling of an alert is known when it is sent twice.
alter table alerts add column once integer;
