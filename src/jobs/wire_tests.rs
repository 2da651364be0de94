//! Tests of the wire: what is sent arrives, and what is not a message is refused.

use super::*;

fn generation() -> Generation {
    Generation {
        prompt: Prompt::Chat(vec![(Role::System, "Brief.".into()), (Role::User, "Zoë | \"x\"\n".into())]),
        grammar: Some("root ::= \"a\"".into()),
        stop: vec!["\n".into()],
        sampling: Sampling { temperature: 0.7, top_p: 0.95, top_k: 40, min_p: 0.05, ..Sampling::default() },
        seed: u32::MAX,
    }
}

#[test]
fn an_order_arrives_as_it_was_sent() {
    let sent = generation();
    let mut pipe = Vec::new();
    write(&mut pipe, &Order::Generate { id: 7, requests: vec![(&sent).into()] }).unwrap();
    write(&mut pipe, &Order::Cancel { id: 7 }).unwrap();
    let mut from = pipe.as_slice();
    let Some(Order::Generate { id: 7, requests }) = read(&mut from).unwrap() else { panic!("no order") };
    let arrived: Vec<Generation> = requests.into_iter().map(Into::into).collect();
    assert_eq!(arrived, [sent]);
    assert!(matches!(read(&mut from).unwrap(), Some(Order::Cancel { id: 7 })));
    assert!(read::<Order>(&mut from).unwrap().is_none());
}

#[test]
fn settings_that_json_cannot_say_arrive_too() {
    let mut sent = generation();
    sent.sampling.temperature = f32::NAN;
    let json = serde_json::to_vec(&WireGeneration::from(&sent)).unwrap();
    let arrived: Generation = serde_json::from_slice::<WireGeneration>(&json).unwrap().into();
    assert!(arrived.sampling.temperature.is_nan());
}

#[test]
fn likelihoods_arrive_to_the_last_digit() {
    let tokens = [-0.1_f32, -17.345_678, -0.000_012_345, f32::MIN]
        .map(|logprob| JudgedToken { start: 0, end: 1, logprob })
        .to_vec();
    let sent = Judged { tokens };
    let json = serde_json::to_vec(&judged_to_wire(&sent)).unwrap();
    assert_eq!(judged_from_wire(serde_json::from_slice(&json).unwrap()), sent);
}

#[test]
fn what_is_not_a_message_is_an_error_and_not_an_allocation() {
    assert!(read::<Order>(&mut b"Hello, this is a log line".as_slice()).is_err());
    assert!(read::<Order>(&mut [3_u8, 0, 0, 0, b'a'].as_slice()).is_err());
    assert!(read::<Order>(&mut [2_u8, 0, 0, 0, b'{', b'}'].as_slice()).is_err());
    assert!(read::<Order>(&mut [9_u8].as_slice()).unwrap().is_none());
}
