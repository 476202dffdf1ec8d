import Foundation
import OtherPrograms
import Testing

/// What others say of a sealed document.
enum Judgement {
    /// What pyHanko says of the only signature: intact, valid, trusted, coverage, the time stamp too.
    static func pyHanko(_ document: String, root: String) throws -> String {
        let script = """
            import sys, logging
            logging.disable(logging.CRITICAL)
            from pyhanko.pdf_utils.reader import PdfFileReader
            from pyhanko.sign.validation import validate_pdf_signature
            from pyhanko_certvalidator import ValidationContext
            from pyhanko.keys import load_cert_from_pemder
            with open(sys.argv[1], 'rb') as f:
                signatures = PdfFileReader(f).embedded_signatures
                assert len(signatures) == 1
                context = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[2])], allow_fetching=False)
                status = validate_pdf_signature(signatures[0], context, ts_validation_context=context)
                stamp = status.timestamp_validity
                print(status.intact, status.valid, status.trusted, status.coverage.name, status.bottom_line,
                      stamp.valid, stamp.trusted, signatures[0].sig_object['/SubFilter'])
            """
        let answer = try OtherProgram.run(["python3", "-c", script, document, root])
        try #require(answer.status == 0, "\(answer.complaints)")
        return answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
