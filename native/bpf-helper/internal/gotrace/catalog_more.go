// SPDX-License-Identifier: Apache-2.0

package gotrace

func moreLibraries() []Library { return nil }
