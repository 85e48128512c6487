import Foundation
import MusterTestSupport

/// A mail server and a web server that keep everything they are given, and misbehave by chance.
///
/// What was taken is in the log before the other side hears so. They end with the value.
final class Sinks {
    /// Something that a sink took.
    struct Entry: Decodable {
        /// `mail` or `webhook`.
        let kind: String
        /// The `Message-ID` or `webhook-id`.
        let id: String
        let recipient: String
        let uid: String
        let sequence: Int
        /// Whether the other side was told that it was taken.
        let isAnswered: Bool
    }

    let folder: TemporaryDirectory
    let mailPort: Int
    let webPort: Int
    /// Takes mails over TLS from whoever has the token that was given last (XOAUTH2).
    let tokenMailPort: Int
    /// Whoever sends over TLS must trust these.
    var authorities: String { folder.path + "/ca.crt" }
    private let process = Process()

    init(seed: Int) throws {
        folder = try TemporaryDirectory()
        try folder.write("", to: "log")
        try folder.write("", to: "faults")
        try Servers.makeCertificates(folder)
        let python = ProcessInfo.processInfo.environment["MUSTER_PYTHON"] ?? ".venv/bin/python"
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script, folder.path, String(seed)]
        process.standardError = FileHandle(forWritingAtPath: try folder.write("", to: "errors"))
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var line: [UInt8] = []
        while !line.contains(UInt8(ascii: "\n")), process.isRunning { line += pipe.fileHandleForReading.availableData }
        let ports = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard ports.count == 3 else {
            let errors = (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? ""
            throw Subprocess.Failure(description: "the sinks do not start: \(ports) \(errors)")
        }
        (mailPort, webPort, tokenMailPort) = (ports[0], ports[1], ports[2])
    }

    deinit { process.end() }

    /// What goes wrong from now on, each with its chance in a hundred; `kill` ends the process of that number right
    /// after an answer.
    func misbehave(_ faults: [String: Int], killing process: Int32 = 0) throws {
        let text = faults.map { "\($0.key) \($0.value)" }.sorted().joined(separator: "\n")
        try folder.write("process \(process)\n\(text)\n", to: "faults")
    }

    /// Everything that was taken, in the order in which it came.
    var entries: [Entry] {
        get throws {
            let text = try String(contentsOfFile: folder.path + "/log", encoding: .utf8)
            return try text.split(separator: "\n").map { try JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
        }
    }

    /// How many tokens were given.
    var tokensGiven: Int { Int((try? String(contentsOfFile: folder.path + "/tokens", encoding: .utf8)) ?? "") ?? 0 }

    /// Whatever the sinks complain of.
    var errors: String { (try? String(contentsOfFile: folder.path + "/errors", encoding: .utf8)) ?? "" }

    private static let script = """
        import asyncio, base64, email, email.policy, json, os, random, re, signal, socket, ssl, struct, sys
        folder, seed = sys.argv[1], int(sys.argv[2])
        chance, log = random.Random(seed), open(folder + '/log', 'a', buffering=1)

        def faults():
            lines = [line.split() for line in open(folder + '/faults') if line.strip()]
            return {name: int(value) for name, value in lines}

        def step(kinds):
            plan = faults()
            pick = chance.random() * 100
            for kind in kinds:
                pick -= plan.get(kind, 0)
                if pick < 0: return kind
            return 'ok'

        def keep(kind, id, recipient, uid, sequence, answered):
            log.write(json.dumps(dict(kind=kind, id=id, recipient=recipient, uid=uid, sequence=sequence, isAnswered=answered)) + '\\n')

        def reset(writer):
            writer.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            writer.close()

        def kill():
            process = faults().get('process', 0)
            if process > 0:
                try: os.kill(process, signal.SIGKILL)
                except ProcessLookupError: pass

        tokens = 0

        async def token_mail(reader, writer): await mail(reader, writer, True)

        async def mail(reader, writer, needs_token=False):
            async def say(line):
                writer.write(line.encode() + b'\\r\\n')
                await writer.drain()
            try:
                if step(['refuse']) == 'refuse':
                    await say('421 not now'); writer.close(); return
                await say('220 sink')
                fault, recipient = 'ok', ''
                while True:
                    line = (await reader.readline()).decode().strip()
                    verb = line[:4].upper()
                    if not line or verb == 'QUIT': break
                    if verb == 'EHLO':
                        await say('250-sink\\r\\n250-8BITMIME\\r\\n250-SMTPUTF8\\r\\n' + ('250-AUTH XOAUTH2\\r\\n' if needs_token else '') + '250 SIZE 9999999')
                    elif verb == 'AUTH':
                        words = line.split()
                        if len(words) < 3:
                            await say('334 ')
                            words = (await reader.readline()).decode().split()
                        given = base64.b64decode(words[-1]).decode()
                        good = given == f'user=reviews@example.test\\1auth=Bearer token-{tokens}\\1\\1' and step(['revoked']) == 'ok'
                        await say('235 welcome' if good else '535 5.7.3 Authentication unsuccessful')
                        needs_token = needs_token and not good
                    elif needs_token: await say('530 5.7.57 Client not authenticated')
                    elif verb == 'MAIL':
                        fault = step(['mail-451', 'rcpt-450', 'data-451', 'end-451', 'drop-data', 'drop-end', 'hang', 'kill', 'last'])
                        if fault == 'mail-451': await say('451 not now')
                        else: await say('250 ok')
                    elif verb == 'RCPT':
                        recipient = re.search('<(.*)>', line)[1]
                        await say('450 greylisted' if fault == 'rcpt-450' else '250 ok')
                    elif verb == 'DATA':
                        if fault == 'data-451': await say('451 not now'); continue
                        await say('354 go on')
                        data = b''
                        while not data.endswith(b'\\r\\n.\\r\\n'):
                            chunk = await reader.read(65536)
                            if not chunk: return
                            data += chunk
                            if fault == 'drop-data': reset(writer); return
                        if fault == 'end-451': await say('451 not now'); continue
                        message = email.message_from_bytes(data.replace(b'\\r\\n..', b'\\r\\n.'), policy=email.policy.default)
                        uid, sequence = '', 0
                        for part in message.walk():
                            if part.get_content_type() == 'text/calendar':
                                text = part.get_payload(decode=True).decode().replace('\\r\\n ', '')
                                uid = re.search('\\r\\nUID:(.*)\\r', text)[1]
                                sequence = int(re.search('\\r\\nSEQUENCE:(.*)\\r', text)[1])
                        answered = fault not in ('drop-end', 'hang')
                        keep('mail', message['Message-ID'].strip('<>'), recipient, uid, sequence, answered)
                        if fault == 'drop-end': reset(writer); return
                        if fault == 'hang': await asyncio.sleep(30); return
                        await say('250 kept')
                        if fault == 'kill': kill()
                        if fault == 'last': writer.close(); return
                    else: await say('250 ok')
            except (ConnectionError, asyncio.IncompleteReadError): pass
            finally: writer.close()

        async def web(reader, writer):
            try:
                while True:
                    head = (await reader.readuntil(b'\\r\\n\\r\\n')).decode()
                    headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in head.split('\\r\\n')[1:])}
                    body = await reader.readexactly(int(headers.get('content-length', 0)))
                    if head.split()[1] == '/token':
                        global tokens
                        tokens += 1
                        open(folder + '/tokens', 'w').write(str(tokens))
                        answer = json.dumps(dict(token_type='Bearer', access_token=f'token-{tokens}', expires_in=3599)).encode()
                        good = b'grant_type=client_credentials' in body and b'client_secret=s3cret' in body
                        writer.write(f'HTTP/1.1 {200 if good else 401} x\\r\\nContent-Length: {len(answer)}\\r\\n\\r\\n'.encode() + answer)
                        await writer.drain()
                        continue
                    fault = step(['500', '503', '302', 'reset', 'half', 'web-hang', 'web-kill'])
                    if fault == 'reset': reset(writer); return
                    if fault in ('500', '503', '302'):
                        more = 'Retry-After: 7\\r\\n' if fault == '503' else 'Location: http://127.0.0.1:1/\\r\\n' if fault == '302' else ''
                        writer.write(f'HTTP/1.1 {fault} no\\r\\n{more}Content-Length: 0\\r\\n\\r\\n'.encode()); await writer.drain(); continue
                    data = json.loads(body)['data']
                    keep('webhook', headers['webhook-id'], 'hook', data.get('uid', ''), data.get('sequence', 0), fault not in ('half', 'web-hang'))
                    if fault == 'web-hang': await asyncio.sleep(30); return
                    if fault == 'half': writer.write(b'HTTP/1.1 200 ok\\r\\nContent-Length: 99\\r\\n\\r\\nhalf'); await writer.drain(); reset(writer); return
                    writer.write(b'HTTP/1.1 200 ok\\r\\nContent-Length: 0\\r\\n\\r\\n')
                    await writer.drain()
                    if fault == 'web-kill': kill()
            except (ConnectionError, asyncio.IncompleteReadError): pass
            finally: writer.close()

        async def main():
            secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            secure.load_cert_chain(folder + '/server.crt', folder + '/server.key')
            servers = [await asyncio.start_server(take, '127.0.0.1', 0, ssl=context) for take, context in ((mail, None), (web, None), (token_mail, secure))]
            print(*[server.sockets[0].getsockname()[1] for server in servers], flush=True)
            await asyncio.Event().wait()
        asyncio.run(main())
        """
}
