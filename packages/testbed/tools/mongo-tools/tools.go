//go:build tools

// Package tools pins mongodump and mongorestore, which are built from here.
package tools

import (
	_ "github.com/mongodb/mongo-tools/mongodump/main"
	_ "github.com/mongodb/mongo-tools/mongorestore/main"
)
