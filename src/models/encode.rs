//! Weights in another encoding: what llama.cpp runs fastest is not always what is to be had.
//!
//! On a processor, llama.cpp multiplies matrices of `Q8_0` in tiles and those of `Q4_1` a number at a time. The same
//! weights written as `Q8_0` cost half as much again in room and run prompts at 1.8 times the speed. Only additions,
//! multiplications and divisions of single precision are done, so that the result is the same on every machine, and
//! the manifest can promise its digest.
//!
//! The form of the file is that of GGUF version 3 (`docs/gguf.md` of ggml), the blocks are ggml's `block_q4_1` and
//! `block_q8_0`.

use half::f16;
use std::io::{self, Write};

const MAGIC: &[u8] = b"GGUF";
const VERSION: u32 = 3;
/// Numbers of kinds of values in GGUF.
const STRING: u32 = 8;
const ARRAY: u32 = 9;
/// Numbers of encodings.
const Q4_1: u32 = 3;
const Q8_0: u32 = 8;
/// `general.file_type` of a file whose matrices are `Q8_0`.
const MOSTLY_Q8_0: u32 = 7;
/// Numbers in a block of either encoding, and its bytes.
const BLOCK: usize = 32;
const Q4_1_BYTES: usize = 20;
const Q8_0_BYTES: usize = 34;
/// The larger is a broken file.
const LONGEST_NAME: u64 = 1 << 16;
const MOST_ENTRIES: u64 = 1 << 20;
const WIDEST: usize = 1 << 16;

/// Writes a model with its `Q4_1` tensors as `Q8_0`, all else as it is.
///
/// # Errors
/// `InvalidData` where the bytes are no whole GGUF file of version 3, with what is wrong; those of `to`.
pub(super) fn as_q8_0(model: &[u8], to: &mut dyn Write) -> io::Result<()> {
    let mut input = Input { bytes: model, at: 0 };
    if input.take(4)? != MAGIC || input.u32()? != VERSION {
        return Err(broken("it is no GGUF file of version 3"));
    }
    let (tensors, pairs) = (input.count()?, input.count()?);
    let mut head = model[..input.at].to_vec();
    let alignment = metadata(&mut input, &mut head, pairs)?;
    let tensors: Vec<Tensor> = (0..tensors).map(|_| Tensor::read(&mut input)).collect::<io::Result<_>>()?;
    let data = input.at.next_multiple_of(alignment);
    let room = model.len().checked_sub(data).ok_or_else(|| broken("it ends before its tensors"))?;
    let mut offset = 0;
    for tensor in &tensors {
        head.extend((tensor.name.len() as u64).to_le_bytes());
        head.extend(tensor.name);
        head.extend(u32::try_from(tensor.sizes.len()).unwrap_or_default().to_le_bytes());
        tensor.sizes.iter().for_each(|size| head.extend(size.to_le_bytes()));
        head.extend(if tensor.encoding == Q4_1 { Q8_0 } else { tensor.encoding }.to_le_bytes());
        head.extend((offset as u64).to_le_bytes());
        offset += tensor.written(&tensors, room)?.next_multiple_of(alignment);
    }
    head.resize(head.len().next_multiple_of(alignment), 0);
    to.write_all(&head)?;
    for tensor in &tensors {
        let length = tensor.length(&tensors, room)?;
        let bytes = tensor.place(data, length).and_then(|place| model.get(place));
        let bytes = bytes.ok_or_else(|| broken("it ends before its last tensor"))?;
        let length = if tensor.encoding == Q4_1 {
            let blocks: Vec<u8> = bytes.chunks_exact(Q4_1_BYTES).flat_map(block).collect();
            to.write_all(&blocks)?;
            blocks.len()
        } else {
            to.write_all(bytes)?;
            length
        };
        to.write_all(&vec![0; length.next_multiple_of(alignment) - length])?;
    }
    Ok(())
}

/// Thirty-two numbers of four bits, with a scale and a least value, as numbers of eight bits with a scale.
fn block(from: &[u8]) -> [u8; Q8_0_BYTES] {
    let scale = f16::from_le_bytes([from[0], from[1]]).to_f32();
    let least = f16::from_le_bytes([from[2], from[3]]).to_f32();
    let mut values = [0.0_f32; BLOCK];
    for (at, &two) in from[4..Q4_1_BYTES].iter().enumerate() {
        values[at] = f32::from(two & 15) * scale + least;
        values[at + BLOCK / 2] = f32::from(two >> 4) * scale + least;
    }
    let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let step = largest / 127.0;
    let inverse = if step == 0.0 { 0.0 } else { 1.0 / step };
    let mut to = [0; Q8_0_BYTES];
    to[..2].copy_from_slice(&f16::from_f32(step).to_le_bytes());
    for (to, value) in to[2..].iter_mut().zip(values) {
        #[expect(clippy::cast_possible_truncation, reason = "no larger than 127 either way")]
        let whole = (value * inverse).round() as i8;
        *to = whole.to_le_bytes()[0];
    }
    to
}

struct Tensor<'m> {
    name: &'m [u8],
    sizes: Vec<u64>,
    encoding: u32,
    /// In the data.
    offset: usize,
}

impl<'m> Tensor<'m> {
    fn read(input: &mut Input<'m>) -> io::Result<Self> {
        let name = input.string()?;
        let dimensions = input.u32()?;
        if dimensions > 8 {
            return Err(broken("a tensor has more than eight dimensions"));
        }
        let sizes = (0..dimensions).map(|_| input.u64()).collect::<io::Result<_>>()?;
        let encoding = input.u32()?;
        let offset = usize::try_from(input.u64()?).map_err(|_| broken("a tensor lies beyond what can be read"))?;
        Ok(Self { name, sizes, encoding, offset })
    }

    /// Bytes of the tensor: of its blocks if they are `Q4_1`, else as far as the next one begins.
    fn length(&self, all: &[Self], data: usize) -> io::Result<usize> {
        if self.encoding == Q4_1 {
            let numbers = self.sizes.iter().try_fold(1_u64, |product, size| product.checked_mul(*size));
            let blocks = numbers.filter(|numbers| numbers % BLOCK as u64 == 0).map(|numbers| numbers / BLOCK as u64);
            let bytes = blocks.and_then(|blocks| usize::try_from(blocks).ok()?.checked_mul(Q4_1_BYTES));
            return bytes.filter(|bytes| *bytes <= data).ok_or_else(|| broken("a tensor has no whole blocks"));
        }
        let next = all.iter().map(|other| other.offset).filter(|offset| *offset > self.offset).min();
        next.unwrap_or(data).checked_sub(self.offset).ok_or_else(|| broken("it ends before its last tensor"))
    }

    /// Where it lies in the file.
    fn place(&self, data: usize, length: usize) -> Option<std::ops::Range<usize>> {
        let begin = data.checked_add(self.offset)?;
        Some(begin..begin.checked_add(length)?)
    }

    /// Bytes that are written of it.
    fn written(&self, all: &[Self], data: usize) -> io::Result<usize> {
        let length = self.length(all, data)?;
        Ok(if self.encoding == Q4_1 { length / Q4_1_BYTES * Q8_0_BYTES } else { length })
    }
}

/// Copies key and value pairs, with the file's type as it will be; gives the alignment of tensors.
fn metadata(input: &mut Input<'_>, head: &mut Vec<u8>, pairs: u64) -> io::Result<usize> {
    let mut alignment = 32;
    for _ in 0..pairs {
        let begun = input.at;
        let key = input.string()?;
        let kind = input.u32()?;
        let value = input.at;
        input.value(kind)?;
        head.extend(&input.bytes[begun..input.at]);
        let number = || Some(u32::from_le_bytes(input.bytes.get(value..input.at)?.try_into().ok()?));
        if key == b"general.alignment" {
            let found = number()
                .and_then(|number| usize::try_from(number).ok())
                .filter(|n| n.is_power_of_two() && *n <= WIDEST);
            alignment = found.ok_or_else(|| broken("its alignment is no power of two up to 64 KiB"))?;
        }
        if key == b"general.file_type" && number().is_some() {
            let at = head.len() - 4;
            head[at..].copy_from_slice(&MOSTLY_Q8_0.to_le_bytes());
        }
    }
    Ok(alignment)
}

/// The file being read.
struct Input<'m> {
    bytes: &'m [u8],
    at: usize,
}

impl<'m> Input<'m> {
    fn take(&mut self, length: usize) -> io::Result<&'m [u8]> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| broken("it ends within its header"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn u32(&mut self) -> io::Result<u32> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn u64(&mut self) -> io::Result<u64> {
        let (low, high) = (self.u32()?, self.u32()?);
        Ok(u64::from(low) | u64::from(high) << 32)
    }

    fn count(&mut self) -> io::Result<u64> {
        self.u64().and_then(|n| if n > MOST_ENTRIES { Err(broken("it claims millions of entries")) } else { Ok(n) })
    }

    fn string(&mut self) -> io::Result<&'m [u8]> {
        let length = self.u64()?;
        if length > LONGEST_NAME {
            return Err(broken("a name is longer than 64 KiB"));
        }
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Passes over a value of a kind.
    fn value(&mut self, kind: u32) -> io::Result<()> {
        let width = |kind| match kind {
            0 | 1 | 7 => Some(1),
            2 | 3 => Some(2),
            4..=6 => Some(4),
            10..=12 => Some(8),
            _ => None,
        };
        let unknown = || broken("a value is of no kind that GGUF has");
        let text = |input: &mut Self| {
            let length = input.u64()?;
            input.take(usize::try_from(length).unwrap_or(usize::MAX)).map(drop)
        };
        match kind {
            STRING => text(self),
            ARRAY => {
                let (of, count) = (self.u32()?, self.u64()?);
                if of == STRING {
                    return (0..count).try_for_each(|_| text(self));
                }
                let bytes = usize::try_from(count).ok().and_then(|count| count.checked_mul(width(of)?));
                self.take(bytes.ok_or_else(unknown)?).map(drop)
            }
            kind => self.take(width(kind).ok_or_else(unknown)?).map(drop),
        }
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
#[path = "encode_tests.rs"]
pub(super) mod tests;
