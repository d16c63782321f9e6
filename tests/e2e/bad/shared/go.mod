module vole.test/shared

go 1.18
