//! The index that finds: incidents, problems, articles, services and people, ranked, forgiving of
//! typing errors, and never beyond what somebody may see.
