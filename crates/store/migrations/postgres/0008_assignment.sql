-- How a team gives what comes to it to one of its people: by_hand, round_robin, least_loaded.
alter table teams add column assignment text collate "C" not null default 'by_hand';
-- 1: people who know the service or category come before the others.
alter table teams add column by_skill bigint not null default 0;
-- When a person last had a turn in the team, counted from 1; 0 is never.
alter table team_members add column turn bigint not null default 0;
-- What a person knows well: services and categories, JSON.
alter table people add column skills text collate "C" not null default '{}';
-- When a person is not there; no end is until further notice.
alter table people add column away_from bigint;
alter table people add column away_until bigint;
