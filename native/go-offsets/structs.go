// SPDX-License-Identifier: Apache-2.0

package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"strings"
)

// layouts by struct: `304 Method:0 URL:16 …`, size and then fields in their order.
type layouts map[string]string

// few of the runtime's own structs' hundreds of fields: the others change with every release.
var few = map[string]bool{"goid": true, "parentGoid": true, "_panic": true, "m": true, "p": true,
	"curg": true, "goidcacheend": true}

// fewer leaves out what nobody asks for.
func fewer(name, layout string) string {
	if name != "runtime.g" && name != "runtime.m" && name != "runtime.p" {
		return layout
	}
	parts := strings.Fields(layout)
	kept := parts[:1]
	for _, part := range parts[1:] {
		if field, _, _ := strings.Cut(part, ":"); few[field] {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, " ")
}

func readLayouts(path string, wanted []string) (layouts, error) {
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := file.DWARF()
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, name := range wanted {
		names[name] = true
	}
	found := layouts{}
	reader := data.Reader()
	for {
		entry, err := reader.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			return found, nil
		}
		if entry.Tag == dwarf.TagCompileUnit {
			continue
		}
		name, _ := entry.Val(dwarf.AttrName).(string)
		if entry.Tag == dwarf.TagStructType && entry.Children && names[name] {
			if found[name], err = readMembers(reader, entry); err != nil {
				return nil, err
			}
		} else if entry.Children {
			reader.SkipChildren()
		}
	}
}

func readMembers(reader *dwarf.Reader, entry *dwarf.Entry) (string, error) {
	size, _ := entry.Val(dwarf.AttrByteSize).(int64)
	parts := []string{fmt.Sprint(size)}
	for {
		member, err := reader.Next()
		if err != nil {
			return "", err
		}
		if member == nil || member.Tag == 0 {
			return strings.Join(parts, " "), nil
		}
		name, _ := member.Val(dwarf.AttrName).(string)
		offset, isNumber := member.Val(dwarf.AttrDataMemberLoc).(int64)
		// Padding has no name that anybody could ask for.
		if member.Tag == dwarf.TagMember && isNumber && name != "_" {
			parts = append(parts, fmt.Sprintf("%s:%d", name, offset))
		}
	}
}
