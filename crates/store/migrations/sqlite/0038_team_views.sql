-- The team that sees a saved view too; null: its owner alone, or everybody where it is shared.
alter table views add column team_id text;
create index views_team on views (team_id) where team_id is not null;
create index views_shared on views (shared) where shared = 1;
