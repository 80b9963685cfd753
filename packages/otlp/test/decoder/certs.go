// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certs writes two authorities (ca, other), a server certificate for localhost of the first, and a
// client certificate of the first, as PEM files into a folder.
func certs(folder string) {
	ca, caKey := authority(folder, "ca")
	authority(folder, "other")
	leaf(folder, "server", ca, caKey, x509.ExtKeyUsageServerAuth)
	leaf(folder, "client", ca, caKey, x509.ExtKeyUsageClientAuth)
}

func template(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		fail(err)
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "otelkit test " + name},
		NotBefore:    time.Now().Add(-24 * time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
}

func authority(folder, name string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t := template(name)
	t.IsCA = true
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageCertSign
	return write(folder, name, t, nil, nil)
}

func leaf(folder, name string, ca *x509.Certificate, caKey *ecdsa.PrivateKey, usage x509.ExtKeyUsage) {
	t := template(name)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	t.DNSNames = []string{"localhost"}
	t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	write(folder, name, t, ca, caKey)
}

func write(folder, name string, t, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		fail(err)
	}
	if parent == nil {
		parent, signer = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, signer)
	if err != nil {
		fail(err)
	}
	keyDer, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		fail(err)
	}
	writePem(filepath.Join(folder, name+".pem"), "CERTIFICATE", der)
	writePem(filepath.Join(folder, name+".key"), "EC PRIVATE KEY", keyDer)
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		fail(err)
	}
	return certificate, key
}

func writePem(path, kind string, der []byte) {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		fail(err)
	}
}
