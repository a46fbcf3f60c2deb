//! As much of Thrift's compact protocol as is needed to look at sizes before anything of that size is made.

/// Deeper than any description of a file is.
const DEEPEST: usize = 32;
/// Levels of nested columns. Each is a level of the stack when the library reads it.
const DEEPEST_SCHEMA: usize = 64;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// The numbers, yes-and-noes and inner structures of a structure. Lists and texts are passed over.
#[derive(Debug, Default)]
pub(super) struct Struct(Vec<(i16, Value)>);

#[derive(Debug)]
enum Value {
    Number(i64),
    Truth(bool),
    Inside(Struct),
}

impl Struct {
    pub(super) fn number(&self, id: i16) -> Option<i64> {
        self.0.iter().find_map(|(known, value)| match value {
            Value::Number(number) if *known == id => Some(*number),
            _ => None,
        })
    }

    pub(super) fn truth(&self, id: i16) -> Option<bool> {
        self.0.iter().find_map(|(known, value)| match value {
            Value::Truth(truth) if *known == id => Some(*truth),
            _ => None,
        })
    }

    pub(super) fn inside(&self, id: i16) -> Option<&Self> {
        self.0.iter().find_map(|(known, value)| match value {
            Value::Inside(inside) if *known == id => Some(inside),
            _ => None,
        })
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        let raw = self.varint()?;
        Some((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// The next member's id and kind; `Some(None)` at the end of the structure.
    fn member(&mut self, before: &mut i16) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *before = match head >> 4 {
            0 => i16::try_from(self.number()?).ok()?,
            step => before.checked_add(i16::from(step))?,
        };
        Some(Some(head & 0x0f))
    }

    pub(super) fn structure(&mut self) -> Option<Struct> {
        self.structure_at(0)
    }

    fn structure_at(&mut self, depth: usize) -> Option<Struct> {
        let mut found = Struct::default();
        let mut id = 0;
        while let Some(kind) = self.member(&mut id)? {
            let value = match kind {
                TRUE | FALSE => Value::Truth(kind == TRUE),
                4..=6 => Value::Number(self.number()?),
                STRUCT if depth < DEEPEST => Value::Inside(self.structure_at(depth + 1)?),
                other => {
                    self.pass(other, depth)?;
                    continue;
                }
            };
            found.0.push((id, value));
        }
        Some(found)
    }

    fn pass(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth >= DEEPEST {
            return None;
        }
        match kind {
            TRUE | FALSE => {}
            BYTE => drop(self.byte()?),
            4..=6 => drop(self.number()?),
            DOUBLE => drop(self.take(8)?),
            BINARY => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.take(length)?;
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.element(kind, depth + 1))?;
            }
            MAP => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                (0..count).try_for_each(|_| {
                    self.element(kinds >> 4, depth + 1)?;
                    self.element(kinds & 0x0f, depth + 1)
                })?;
            }
            STRUCT => {
                let mut id = 0;
                while let Some(kind) = self.member(&mut id)? {
                    self.pass(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// In lists a yes or no is a byte of its own.
    fn element(&mut self, kind: u8, depth: usize) -> Option<()> {
        if matches!(kind, TRUE | FALSE) { self.byte().map(drop) } else { self.pass(kind, depth) }
    }

    /// Number and kind of the elements. Each takes a byte at least.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        (count <= self.rest.len() as u64).then_some((count, head & 0x0f))
    }
}

/// Whether the columns that a footer describes are as many as it holds, and nested no deeper than anybody needs.
pub(super) fn schema_is_sound(footer: &[u8]) -> Option<()> {
    const SCHEMA: i16 = 2;
    let mut reader = Reader::new(footer);
    let mut id = 0;
    while let Some(kind) = reader.member(&mut id)? {
        if id == SCHEMA && kind == LIST {
            elements_are_sound(&mut reader)?;
        } else {
            reader.pass(kind, 0)?;
        }
    }
    Some(())
}

fn elements_are_sound(reader: &mut Reader<'_>) -> Option<()> {
    const CHILDREN: i16 = 5;
    let (count, kind) = reader.list()?;
    if kind != STRUCT {
        return None;
    }
    // How many children are still to come, for each group that is open.
    let mut open: Vec<u64> = Vec::new();
    for _ in 0..count {
        if let Some(children) = open.last_mut() {
            *children -= 1;
        }
        let children = u64::try_from(reader.structure()?.number(CHILDREN).unwrap_or_default()).ok()?;
        if children > count || open.len() >= DEEPEST_SCHEMA {
            return None;
        }
        open.push(children);
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    Some(())
}
