internal import CIDN2

/// A label of a domain name in its ASCII form (RFC 5890, 2.3.2.1).
enum InternationalLabel {
    /// Whether an A-label is one that may be registered under IDNA 2008: it decodes, encodes back to the same, is in
    /// NFC, has only permitted code points in their contexts, and keeps the rule of right-to-left labels (RFC 5891, 4;
    /// RFC 5892; RFC 5893).
    static func isRegistrable(_ label: String) -> Bool {
        var name: UnsafeMutablePointer<UInt8>?
        let outcome = Array(label.utf8CString).withUnsafeBytes { bytes in
            idn2_register_u8(
                nil, bytes.bindMemory(to: UInt8.self).baseAddress, &name, Int32(IDN2_NFC_INPUT.rawValue))
        }
        defer { idn2_free(name) }
        guard outcome == IDN2_OK.rawValue, let name else { return false }
        return String(cString: name) == label
    }
}
