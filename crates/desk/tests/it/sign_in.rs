use desk::accounts::hash_password;
use desk::{Credential, Trouble, command_line};
use testkit::TestDesk;

async fn with_password(t: &TestDesk) {
    let hash = hash_password("correct horse battery").await.unwrap();
    let person = t.requester.person;
    t.desk
        .change(command_line(), move |sql, _| {
            Ok(store::directory::people::set_password_hash(sql, person, Some(&hash))?)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_password_opens_a_session_that_can_be_ended() {
    let t = TestDesk::new().await;
    with_password(&t).await;
    let (secret, person) = t
        .desk
        .sign_in("Gwen.Tarrant@northwind.example", "correct horse battery", "127.0.0.1", "test")
        .await
        .unwrap();
    assert_eq!(person, t.requester.person);
    let credential = Credential::Session(secret.clone());
    let who = t.desk.who(&credential).await.unwrap().unwrap();
    assert_eq!(who.viewer, t.requester);
    assert!(
        t.desk.who(&Credential::Token(secret)).await.unwrap().is_none(),
        "a cookie is no token"
    );
    t.desk.sign_out(who.session.clone().unwrap()).await.unwrap();
    assert!(t.desk.who(&credential).await.unwrap().is_none());
}

#[tokio::test]
async fn guessing_is_slowed_down_and_tells_nothing() {
    let t = TestDesk::new().await;
    with_password(&t).await;
    for email in ["gwen.tarrant@northwind.example", "nobody@northwind.example"] {
        let wrong = t.desk.sign_in(email, "wrong", "127.0.0.9", "test").await;
        assert!(matches!(wrong, Err(Trouble::Unknown)));
    }
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(
            t.desk.sign_in("gwen.tarrant@northwind.example", "wrong", "127.0.0.1", "test").await,
        );
    }
    assert!(matches!(answers.last(), Some(Err(Trouble::Throttled { .. }))));
    let right = "correct horse battery";
    let gwen = "gwen.tarrant@northwind.example";
    assert!(
        t.desk.sign_in(gwen, right, "127.0.0.2", "test").await.is_ok(),
        "a stranger's guesses do not keep her out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_sent_all_at_once_count_too() {
    let t = TestDesk::new().await;
    let guesses: Vec<_> = (0..20)
        .map(|_| {
            let desk = t.desk.clone();
            tokio::spawn(async move { desk.sign_in("a@b.example", "x", "127.0.0.1", "").await })
        })
        .collect();
    let mut looked_at = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Err(Trouble::Unknown) => looked_at += 1,
            Err(Trouble::Throttled { seconds }) => assert!(seconds > 0),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn short_passwords_are_refused() {
    assert!(hash_password("short").await.is_err());
}

#[tokio::test]
async fn more_passwords_than_can_be_hashed_soon_are_turned_away() {
    let mut hashing = tokio::task::JoinSet::new();
    for _ in 0..120 {
        hashing.spawn(hash_password("correct horse battery"));
    }
    let answers = hashing.join_all().await;
    assert!(answers.iter().any(|answer| matches!(answer, Err(Trouble::Overloaded))));
    assert!(answers.iter().filter(|answer| answer.is_ok()).count() >= 48);
}

#[tokio::test]
async fn a_disk_that_takes_no_more_keeps_nobody_out() {
    let t = TestDesk::new().await;
    let secret = t.desk.open_session(t.agent.person, "test").await.unwrap();
    for table in ["sessions", "tokens"] {
        let full = format!(
            "create trigger full_{table} before update on {table} begin select raise(abort, 'full'); end"
        );
        t.desk.write(move |sql| Ok(sql.execute(&full, &[]).map(drop)?)).await.unwrap();
    }
    t.clock.advance(2 * 3_600);
    let who = t.desk.who(&Credential::Session(secret)).await.unwrap().unwrap();
    assert_eq!(who.viewer, t.agent);
}

#[tokio::test]
async fn the_use_of_a_token_is_written_down() {
    let t = TestDesk::new().await;
    let secret = desk::secret("ek_");
    let token = store::directory::Token {
        id: kernel::TokenId(desk::fresh()),
        person: t.agent.person,
        name: "Test".into(),
        scope: incident::TokenScope::Read,
        created_at: testkit::START,
        expires_at: None,
        used_at: None,
    };
    let (id, row) = (token.id, token.clone());
    t.desk
        .write({
            let secret = secret.clone();
            move |sql| Ok(store::directory::tokens::insert(sql, &row, &desk::secret_hash(&secret))?)
        })
        .await
        .unwrap();
    assert!(t.desk.who(&Credential::Token(secret.clone())).await.unwrap().is_some());
    // The writer takes things in order: this comes after what was left for later.
    t.desk.write(|_| Ok(())).await.unwrap();
    let used = t.desk.read(move |sql| store::directory::tokens::get(sql, id)).await.unwrap();
    assert_eq!(used.unwrap().used_at, Some(testkit::START));
}
