use insight::expected::*; use jiff::tz::TimeZone; use kernel::Timestamp; use std::collections::BTreeMap;
fn main(){
 let a:Vec<String>=std::env::args().collect();
 let text=std::fs::read_to_string(&a[1]).unwrap(); let p:Vec<usize>=a[2].split(',').map(|x|x.parse().unwrap()).collect();
 let mut m:BTreeMap<String,Vec<Step>>=BTreeMap::new();
 for l in text.lines().skip(1){ let c:Vec<&str>=l.split(',').collect();
  let t=c[p[2]].replace('/',"-"); let civil:jiff::civil::DateTime=t.parse().unwrap();
  let at=Timestamp::from_jiff(civil.to_zoned(TimeZone::UTC).unwrap().timestamp());
  m.entry(c[p[0]].to_owned()).or_default().push(Step{at,activity:c[p[1]].to_owned(),facts:p[3..].iter().map(|i|c[*i].to_owned()).collect()}); }
 let mut cases=vec![]; for (_,mut s) in m { s.sort_by_key(|s|s.at); let l=s.pop().unwrap(); if !s.is_empty(){cases.push(Case{steps:s,ended:l.at});} }
 let f=folds(cases.len(),5,7); let mut n=0.;let mut e=0.;let mut sil=0;let mut secs=0.;
 let mut g:BTreeMap<String,(f64,f64,f64,std::collections::BTreeSet<usize>)>=BTreeMap::new();
 for k in 0..5 { let tr:Vec<Case>=cases.iter().zip(&f).filter(|(_,x)|**x!=k).map(|(c,_)|c.clone()).collect();
  let t0=std::time::Instant::now(); let o=Options{facts:p[3..].iter().map(|i|i.to_string()).collect(),group:if p.len()>3{Some(0)}else{None},..Options::default()};
  let mo=train(&tr,&o).unwrap(); let t1=t0.elapsed(); let t0=std::time::Instant::now(); let (mut fn_,mut fe)=(0.,0.);
  for (ci,c) in cases.iter().enumerate() { if f[ci]!=k {continue}
   for j in 1..=c.steps.len(){ let l=&c.steps[j-1]; let now=Now{steps:&c.steps[..j],at:l.at,zone:&TimeZone::UTC}; let r=c.ended.seconds_since(l.at);
    match mo.expect(&now){Some(x)=>{ n+=1.;fn_+=1.; let d=(x.median_seconds-r).abs() as f64/86400.; e+=d; fe+=d; let hit=(x.low_seconds<=r&&r<=x.high_seconds) as i32 as f64;
     for key in [format!("A {}",l.activity), format!("G {}",l.facts.first().map_or("",|s|s)),"all".into()] { let q=g.entry(key).or_default(); q.0+=1.;q.1+=hit;q.2+=(x.high_seconds-x.low_seconds) as f64/86400.; q.3.insert(ci);} }
     None=>{sil+=1;}} } }
  secs+=t1.as_secs_f64(); println!("fold {k} mae {:.3} train {:.1}s predict {:.3} ms model {:?}",fe/fn_,t1.as_secs_f64(),t0.elapsed().as_secs_f64()*1e3/fn_,std::env::var("SHOW").ok()); }
 println!("MAE {:.3} silent {sil} n {n} train {secs:.1}",e/n);
 for (k,q) in g { if q.3.len()>=200 {println!("{k}: cases {} rows {} cover {:.1} width {:.1}",q.3.len(),q.0,q.1/q.0*100.,q.2/q.0);} }
}
