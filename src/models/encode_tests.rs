//! A small GGUF file, encoded anew, read again by hand; and broken ones.

use super::*;
use proptest::prelude::*;

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

/// A file of two tensors: three single-precision numbers, then 64 of `Q4_1`.
pub(in crate::models) fn small(blocks: &[[u8; Q4_1_BYTES]; 2]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend(VERSION.to_le_bytes());
    file.extend(2_u64.to_le_bytes());
    file.extend(3_u64.to_le_bytes());
    text(&mut file, "general.file_type");
    file.extend(4_u32.to_le_bytes());
    file.extend(3_u32.to_le_bytes());
    text(&mut file, "words");
    file.extend(9_u32.to_le_bytes());
    file.extend(8_u32.to_le_bytes());
    file.extend(2_u64.to_le_bytes());
    text(&mut file, "one");
    text(&mut file, "two");
    text(&mut file, "general.alignment");
    file.extend(4_u32.to_le_bytes());
    file.extend(64_u32.to_le_bytes());
    for (name, sizes, encoding, offset) in [("norm", &[3_u64][..], 0_u32, 0_u64), ("weight", &[32, 2], Q4_1, 64)] {
        text(&mut file, name);
        file.extend(u32::try_from(sizes.len()).unwrap().to_le_bytes());
        file.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
        file.extend(encoding.to_le_bytes());
        file.extend(offset.to_le_bytes());
    }
    file.resize(file.len().next_multiple_of(64), 0);
    file.extend([1.0_f32, 2.0, 3.0].map(f32::to_le_bytes).concat());
    file.resize(file.len().next_multiple_of(64), 0);
    file.extend(blocks.concat());
    file
}

fn encoded(file: &[u8]) -> io::Result<Vec<u8>> {
    let mut to = Vec::new();
    as_q8_0(file, &mut to).map(|()| to)
}

/// The numbers of a `Q4_1` block.
fn numbers(block: &[u8]) -> Vec<f32> {
    let at = |at: usize| f16::from_le_bytes([block[at], block[at + 1]]).to_f32();
    let nibbles = block[4..].iter().map(|two| two & 15).chain(block[4..].iter().map(|two| two >> 4));
    nibbles.map(|nibble| f32::from(nibble) * at(0) + at(2)).collect()
}

proptest! {
    #[test]
    fn numbers_are_as_near_as_eight_bits_allow(
        scale in -0.5_f32..0.5, least in -4.0_f32..4.0, nibbles in prop::array::uniform16(any::<u8>())
    ) {
        let mut from = [0; Q4_1_BYTES];
        from[..2].copy_from_slice(&f16::from_f32(scale).to_le_bytes());
        from[2..4].copy_from_slice(&f16::from_f32(least).to_le_bytes());
        from[4..].copy_from_slice(&nibbles);
        let to = block(&from);
        let step = f16::from_le_bytes([to[0], to[1]]).to_f32();
        let largest = numbers(&from).iter().fold(0.0_f32, |a, b| a.max(b.abs()));
        for (byte, wanted) in to[2..].iter().zip(numbers(&from)) {
            let found = f32::from(i8::from_le_bytes([*byte])) * step;
            // Half a step, and what the step lost when it was written in half precision.
            prop_assert!((found - wanted).abs() <= largest / 127.0 * 0.5 + largest / 1024.0 + 1e-6, "{found} {wanted}");
        }
    }
}

#[test]
fn only_the_tensors_of_four_bits_change() {
    let mut blocks = [[0x5a; Q4_1_BYTES]; 2];
    blocks[0][..4].copy_from_slice(&[0, 0x2c, 0, 0xbc]);
    blocks[1][..4].copy_from_slice(&[0, 0, 0, 0]);
    let (from, to) = (small(&blocks), encoded(&small(&blocks)).unwrap());
    let mut head = from[..from.len().next_multiple_of(64) - 64 - 64].to_vec();
    // The file's type, the encoding of the second tensor; both offsets are as they were.
    let find = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|window| window == part).unwrap();
    let kind = find(&head, b"general.file_type") + "general.file_type".len() + 4;
    head[kind] = 7;
    let encoding = find(&head, b"weight") + "weight".len() + 4 + 16;
    head[encoding] = 8;
    assert_eq!(to[..head.len()], head);
    let data = &to[head.len()..];
    assert_eq!(data[..12], [1.0_f32, 2.0, 3.0].map(f32::to_le_bytes).concat());
    assert_eq!(data.len(), 64 + (2 * Q8_0_BYTES).next_multiple_of(64));
    assert_eq!(data[64..64 + Q8_0_BYTES], block(&blocks[0]));
    assert_eq!(data[64 + Q8_0_BYTES..64 + 2 * Q8_0_BYTES], [0; Q8_0_BYTES], "nothing but zeros has no scale");
    assert_eq!(encoded(&to).unwrap(), to, "there is nothing left to do");
}

#[test]
fn broken_files_are_sentences() {
    let file = small(&[[1; Q4_1_BYTES]; 2]);
    for end in 0..file.len() - 1 {
        assert!(encoded(&file[..end]).is_err(), "cut at {end}");
    }
    let mut other = file.clone();
    other[4] = 2;
    assert!(encoded(&other).unwrap_err().to_string().contains("version 3"));
    let mut millions = file;
    millions[15] = 0xff;
    assert!(encoded(&millions).unwrap_err().to_string().contains("millions"));
}
