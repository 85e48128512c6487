import CivilTime
import Testing

@testable import MusterDelivery

@Suite struct `A one-time password` {
    /// The last six of the eight digits in RFC 6238, appendix B.
    @Test(arguments: [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func `is that of the standard's examples, and of use half a minute before and after`(seconds: Int, digits: String) {
        let password = OneTimePassword(secret: Array("12345678901234567890".utf8))
        let step = seconds / 30
        for late in [-30, 0, 30] {
            #expect(password.step(of: digits, at: Instant(seconds: seconds + late)) == step)
        }
        #expect(password.step(of: digits, at: Instant(seconds: seconds + 90)) == nil)
        #expect(password.step(of: "", at: Instant(seconds: seconds)) == nil)
    }

    @Test func `has a secret that nobody else has, as apps read it`() {
        let password = OneTimePassword(secret: Array("12345678901234567890".utf8))
        #expect(
            password.address(of: "o@x.example")
                == "otpauth://totp/muster:o%40x%2Eexample?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=muster")
        #expect(OneTimePassword().secret != OneTimePassword().secret && OneTimePassword().secret.count == 20)
    }
}
