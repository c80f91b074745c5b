-- Reports tell of what is closed whether its requester confirmed that it works again. What is there
-- already is measured anew.
alter table report_facts add column confirmed integer;
delete from report_head;
