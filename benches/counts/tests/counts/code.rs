//! How much machine code an annotated function becomes: all functions that its types are part of.

use std::fs;

use object::{Object, ObjectSymbol, SymbolKind};

use crate::program::Program;
use crate::table::{Table, What};

pub(crate) fn count(program: &Program, table: &mut Table) {
    let bytes = fs::read(&program.path).expect("the program can be read");
    let file = object::File::parse(&*bytes).expect("the program is an object file");
    let functions: Vec<_> = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text)
        .filter_map(|symbol| Some((symbol.name().ok()?, symbol.size())))
        .collect();
    for row in table.rows() {
        // A path in a symbol is spelled with the length of each name before it.
        let module = format!("4rows{}{row}", row.len());
        let own = functions.iter().filter(|(name, _)| name.contains(&module));
        let size: u64 = own.map(|(_, size)| size).sum();
        assert!(size > 0, "no symbol speaks of `{module}`");
        table.set(&row, What::Code, size);
    }
}
