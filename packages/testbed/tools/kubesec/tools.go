//go:build tools

package tools

import _ "github.com/controlplaneio/kubesec/v2"
