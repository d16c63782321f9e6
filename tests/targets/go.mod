// The programs the end-to-end tests look into. No dependencies, and the
// oldest supported release must be able to build them.
module vole.test/targets

go 1.18
