PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('0001 calendars, plan and outbox');
INSERT INTO grdb_migrations VALUES('0002 reminders');
INSERT INTO grdb_migrations VALUES('0003 destinations and digests');
INSERT INTO grdb_migrations VALUES('0004 claims');
INSERT INTO grdb_migrations VALUES('0005 collections');
INSERT INTO grdb_migrations VALUES('0006 feeds');
CREATE TABLE calendar (
    location TEXT PRIMARY KEY,
    attempted INTEGER NOT NULL,
    succeeded INTEGER,
    failure TEXT,
    entityTag TEXT,
    lastModified TEXT,
    windowFrom INTEGER NOT NULL,
    windowTo INTEGER NOT NULL,
    eventCount INTEGER NOT NULL,
    busy TEXT NOT NULL,      -- JSON: [[start, end, isTentative], …], never a title
    remarks TEXT NOT NULL    -- JSON: ["…"]
, failures INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0, collections TEXT NOT NULL DEFAULT '{}') STRICT;
INSERT INTO calendar VALUES('/etc/muster/programme/calendars/head.ics',1795510800,1795510800,NULL,'file 385 1795922628.957660217 16376531',NULL,1796947200,1808524800,2,'[[1799226000,1799254800,0],[1799625600,1800057600,0],[1800435600,1800464400,0],[1801040400,1801069200,0],[1801645200,1801674000,0],[1802250000,1802278800,0],[1802854800,1802883600,0],[1803459600,1803488400,0],[1804064400,1804093200,0],[1804669200,1804698000,0],[1805274000,1805302800,0],[1805878800,1805907600,0],[1806480000,1806508800,0],[1807084800,1807113600,0],[1807689600,1807718400,0],[1808294400,1808323200,0]]','[]',0,1795524610,'{}');
CREATE TABLE revision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    plan TEXT NOT NULL,      -- JSON
    note TEXT NOT NULL
) STRICT;
INSERT INTO revision VALUES(1,1795510800,'{"tracks":[{"team":{"lead":["s.ellis"],"reviewer":["k.o"],"champion":["m.khan"]},"id":"spring\/900001","sessions":[{"stage":"pre-review","start":"2027-01-18T13:30:00Z","end":"2027-01-18T14:30:00Z"},{"stage":"review","start":"2027-01-25T09:00:00Z","end":"2027-01-25T11:30:00Z"},{"stage":"workshop","start":"2027-01-28T13:00:00Z","end":"2027-01-28T15:00:00Z"}]}],"unscheduled":[]}','');
INSERT INTO revision VALUES(2,1795510800,'{"unscheduled":[],"tracks":[{"sessions":[{"start":"2027-01-18T13:30:00Z","end":"2027-01-18T14:30:00Z","stage":"pre-review"},{"start":"2027-01-25T09:00:00Z","end":"2027-01-25T11:30:00Z","stage":"review"}],"id":"spring\/900001","team":{"lead":["s.ellis"],"reviewer":["k.o"]}}]}','');
CREATE TABLE session (
    uid TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    created INTEGER NOT NULL,
    details TEXT NOT NULL,   -- JSON: what participants were told
    isCancelled INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL REFERENCES revision (number)
, needsRenotification INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO session VALUES('3845bbc9e25d9d14d34fb78ddc0f2421@example.test','spring/900001/pre-review',0,1795510800,'{"partnership":"Tamar Valley","question":"How well does blended learning keep up reading progress?","showsParticipants":true,"link":"https:\/\/meet.example\/abc","start":"2027-01-18T13:30:00Z","checklist":[],"stage":"Pre-review meeting","end":"2027-01-18T14:30:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"cycle":"Rapid Response, spring term 2027","mode":"online","zone":"Europe\/London","participants":[{"part":"host","school":"Oakford Primary","person":"a.marsh","address":"a.marsh@example.test","name":"Ann Marsh","isRequired":true},{"part":"lead","school":"Ysgol Bryn Ŵyn","person":"s.ellis","address":"s.ellis@example.test","name":"Siân Ellis","isRequired":true}],"host":"Oakford Primary","id":"spring\/900001\/pre-review","purpose":"to agree the key enquiry question","alarms":[]}',0,1,0);
INSERT INTO session VALUES('66e61f4a3808725d2475449467ce7c1b@example.test','spring/900001/review',0,1795510800,'{"checklist":[],"participants":[{"part":"host","school":"Oakford Primary","person":"a.marsh","address":"a.marsh@example.test","name":"Ann Marsh","isRequired":true},{"part":"lead","school":"Ysgol Bryn Ŵyn","person":"s.ellis","address":"s.ellis@example.test","name":"Siân Ellis","isRequired":true},{"part":"reviewer","school":"Hillside Infants","person":"k.o","address":"k.o@example.test","name":"Kerry O''Neill","isRequired":true}],"zone":"Europe\/London","partnership":"Tamar Valley","cycle":"Rapid Response, spring term 2027","contact":{"address":"coordinator@example.test","name":"Coordinator"},"alarms":[],"showsParticipants":true,"mode":"blended","question":"How well does blended learning keep up reading progress?","stage":"Review","start":"2027-01-25T09:00:00Z","end":"2027-01-25T11:30:00Z","id":"spring\/900001\/review","place":"Oakford Primary","host":"Oakford Primary","purpose":""}',0,1,0);
INSERT INTO session VALUES('4a70e44846963e85d49bb0dc7368f411@example.test','spring/900001/workshop',1,1795510800,'{"showsParticipants":true,"checklist":[],"end":"2027-01-28T15:00:00Z","cycle":"Rapid Response, spring term 2027","start":"2027-01-28T13:00:00Z","mode":"online","id":"spring\/900001\/workshop","alarms":[],"stage":"Improvement Workshop","partnership":"Tamar Valley","contact":{"address":"coordinator@example.test","name":"Coordinator"},"purpose":"","zone":"Europe\/London","question":"How well does blended learning keep up reading progress?","participants":[{"address":"a.marsh@example.test","isRequired":true,"person":"a.marsh","name":"Ann Marsh","school":"Oakford Primary","part":"host"},{"address":"s.ellis@example.test","isRequired":true,"person":"s.ellis","name":"Siân Ellis","school":"Ysgol Bryn Ŵyn","part":"lead"},{"address":"m.khan@example.test","isRequired":true,"person":"m.khan","name":"Mo Khan","school":"Dock Road Primary","part":"champion"}],"host":"Oakford Primary"}',1,2,0);
CREATE TABLE decision (
    subject TEXT PRIMARY KEY,
    kind TEXT NOT NULL,      -- JSON
    at INTEGER NOT NULL
) STRICT;
INSERT INTO decision VALUES('spring/900001/review','{"pin":{"start":"2027-01-25T09:00:00Z","team":{"reviewer":["k.o"],"lead":["s.ellis"]}}}',1795510800);
INSERT INTO decision VALUES('spring/900001/workshop','{"cancel":{}}',1795510800);
CREATE TABLE reminder (
    uid TEXT NOT NULL REFERENCES session (uid),
    recipient TEXT NOT NULL,
    start INTEGER NOT NULL,
    rule TEXT NOT NULL,
    due INTEGER NOT NULL,
    outcome TEXT NOT NULL,   -- 'sent', or why it was dropped
    at INTEGER NOT NULL,
    PRIMARY KEY (uid, recipient, start, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "message" (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    messageID TEXT NOT NULL UNIQUE,
    destination TEXT NOT NULL,   -- 'mail', or the id of a webhook endpoint
    revision INTEGER NOT NULL,
    session TEXT NOT NULL,
    uid TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    recipient TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    awaitsApproval INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    mayHaveArrived INTEGER NOT NULL DEFAULT 0,
    lastError TEXT,
    created INTEGER NOT NULL,
    expires INTEGER,
    finished INTEGER
) STRICT;
INSERT INTO message VALUES(1,'f50ad488-23dd-4cb4-b24e-95bd237e5c66@example.test','mail',1,'spring/900001/pre-review','3845bbc9e25d9d14d34fb78ddc0f2421@example.test',0,'invitation','new','a.marsh','a.marsh@example.test','reviews@example.test','Invitation: Pre-review meeting at Oakford Primary, Mon 18 Jan 2027, 13:30','delivered',0,1795510800,1,0,NULL,1795510800,1800282600,1795510800);
INSERT INTO message VALUES(2,'fc4f6f9d-90e1-41c5-b752-8a5bebe55577@example.test','mail',1,'spring/900001/pre-review','3845bbc9e25d9d14d34fb78ddc0f2421@example.test',0,'invitation','new','s.ellis','s.ellis@example.test','reviews@example.test','Invitation: Pre-review meeting at Oakford Primary, Mon 18 Jan 2027, 13:30','delivered',0,1795510800,1,0,NULL,1795510800,1800282600,1795510800);
INSERT INTO message VALUES(3,'81bc8f2b-5ef4-499c-b301-7c86ad03d912@example.test','mail',1,'spring/900001/review','66e61f4a3808725d2475449467ce7c1b@example.test',0,'invitation','new','a.marsh','a.marsh@example.test','reviews@example.test','Invitation: Review at Oakford Primary, Mon 25 Jan 2027, 09:00','delivered',0,1795510800,1,0,NULL,1795510800,1800876600,1795510800);
INSERT INTO message VALUES(4,'2f139ea2-d8ae-419d-8b0f-056178723a44@example.test','mail',1,'spring/900001/review','66e61f4a3808725d2475449467ce7c1b@example.test',0,'invitation','new','s.ellis','s.ellis@example.test','reviews@example.test','Invitation: Review at Oakford Primary, Mon 25 Jan 2027, 09:00','delivered',0,1795510800,1,0,NULL,1795510800,1800876600,1795510800);
INSERT INTO message VALUES(5,'d3535026-761f-4c9a-a7f0-99633fde036e@example.test','mail',1,'spring/900001/review','66e61f4a3808725d2475449467ce7c1b@example.test',0,'invitation','new','k.o','k.o@example.test','reviews@example.test','Invitation: Review at Oakford Primary, Mon 25 Jan 2027, 09:00','delivered',0,1795510800,1,0,NULL,1795510800,1800876600,1795510800);
INSERT INTO message VALUES(6,'3263a8ca-2a5b-4bee-88c6-82756bf1fda2@example.test','mail',1,'spring/900001/workshop','4a70e44846963e85d49bb0dc7368f411@example.test',0,'invitation','new','a.marsh','a.marsh@example.test','reviews@example.test','Invitation: Improvement Workshop at Oakford Primary, Thu 28 Jan 2027, 13:00','delivered',0,1795510800,1,0,NULL,1795510800,1801148400,1795510800);
INSERT INTO message VALUES(7,'302bbb48-e1b3-4a21-a255-5e5e922ff322@example.test','mail',1,'spring/900001/workshop','4a70e44846963e85d49bb0dc7368f411@example.test',0,'invitation','new','s.ellis','s.ellis@example.test','reviews@example.test','Invitation: Improvement Workshop at Oakford Primary, Thu 28 Jan 2027, 13:00','delivered',0,1795510800,1,0,NULL,1795510800,1801148400,1795510800);
INSERT INTO message VALUES(8,'78826241-7db8-4b4c-945e-2d136a464848@example.test','mail',1,'spring/900001/workshop','4a70e44846963e85d49bb0dc7368f411@example.test',0,'invitation','new','m.khan','m.khan@example.test','reviews@example.test','Invitation: Improvement Workshop at Oakford Primary, Thu 28 Jan 2027, 13:00','delivered',0,1795510800,1,0,NULL,1795510800,1801148400,1795510800);
INSERT INTO message VALUES(9,'79df50de-b4e7-4065-a20f-be2f5c00d84a@example.test','mail',2,'spring/900001/workshop','4a70e44846963e85d49bb0dc7368f411@example.test',1,'cancellation','cancelled','a.marsh','a.marsh@example.test','reviews@example.test','Cancelled: Improvement Workshop at Oakford Primary, Thu 28 Jan 2027, 13:00','due',0,1795510800,0,0,NULL,1795510801,1801234800,NULL);
INSERT INTO message VALUES(10,'834c91c4-3e44-4470-8e34-838a2cc4147d@example.test','mail',2,'spring/900001/workshop','4a70e44846963e85d49bb0dc7368f411@example.test',1,'cancellation','cancelled','s.ellis','s.ellis@example.test','reviews@example.test','Cancelled: Improvement Workshop at Oakford Primary, Thu 28 Jan 2027, 13:00','due',0,1795510800,0,0,NULL,1795510801,1801234800,NULL);
INSERT INTO message VALUES(11,'0a6c4059-7a20-47cc-847d-774038ab8aa5@example.test','mail',2,'spring/900001/workshop','4a70e44846963e85d49bb0dc7368f411@example.test',1,'cancellation','cancelled','m.khan','m.khan@example.test','reviews@example.test','Cancelled: Improvement Workshop at Oakford Primary, Thu 28 Jan 2027, 13:00','due',0,1795510800,0,0,NULL,1795510801,1801234800,NULL);
CREATE TABLE messageText (
    number INTEGER PRIMARY KEY,
    content BLOB NOT NULL,       -- the mail, or the body of a webhook
    details TEXT                 -- JSON: what an invitation says of its session
) STRICT;
INSERT INTO messageText VALUES(1,X'','{"partnership":"Tamar Valley","question":"How well does blended learning keep up reading progress?","showsParticipants":true,"link":"https:\/\/meet.example\/abc","start":"2027-01-18T13:30:00Z","checklist":[],"stage":"Pre-review meeting","end":"2027-01-18T14:30:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"cycle":"Rapid Response, spring term 2027","mode":"online","zone":"Europe\/London","participants":[{"person":"a.marsh","address":"a.marsh@example.test","school":"Oakford Primary","name":"Ann Marsh","isRequired":true,"part":"host"},{"person":"s.ellis","address":"s.ellis@example.test","school":"Ysgol Bryn Ŵyn","name":"Siân Ellis","isRequired":true,"part":"lead"}],"host":"Oakford Primary","id":"spring\/900001\/pre-review","purpose":"to agree the key enquiry question","alarms":[]}');
INSERT INTO messageText VALUES(2,X'','{"partnership":"Tamar Valley","question":"How well does blended learning keep up reading progress?","showsParticipants":true,"link":"https:\/\/meet.example\/abc","start":"2027-01-18T13:30:00Z","checklist":[],"stage":"Pre-review meeting","end":"2027-01-18T14:30:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"cycle":"Rapid Response, spring term 2027","mode":"online","zone":"Europe\/London","participants":[{"person":"a.marsh","school":"Oakford Primary","part":"host","isRequired":true,"address":"a.marsh@example.test","name":"Ann Marsh"},{"person":"s.ellis","school":"Ysgol Bryn Ŵyn","part":"lead","isRequired":true,"address":"s.ellis@example.test","name":"Siân Ellis"}],"host":"Oakford Primary","id":"spring\/900001\/pre-review","purpose":"to agree the key enquiry question","alarms":[]}');
INSERT INTO messageText VALUES(3,X'','{"checklist":[],"participants":[{"name":"Ann Marsh","address":"a.marsh@example.test","school":"Oakford Primary","part":"host","person":"a.marsh","isRequired":true},{"name":"Siân Ellis","address":"s.ellis@example.test","school":"Ysgol Bryn Ŵyn","part":"lead","person":"s.ellis","isRequired":true},{"name":"Kerry O''Neill","address":"k.o@example.test","school":"Hillside Infants","part":"reviewer","person":"k.o","isRequired":true}],"zone":"Europe\/London","partnership":"Tamar Valley","cycle":"Rapid Response, spring term 2027","contact":{"name":"Coordinator","address":"coordinator@example.test"},"alarms":[],"showsParticipants":true,"mode":"blended","question":"How well does blended learning keep up reading progress?","stage":"Review","start":"2027-01-25T09:00:00Z","end":"2027-01-25T11:30:00Z","id":"spring\/900001\/review","place":"Oakford Primary","host":"Oakford Primary","purpose":""}');
INSERT INTO messageText VALUES(4,X'','{"partnership":"Tamar Valley","place":"Oakford Primary","question":"How well does blended learning keep up reading progress?","showsParticipants":true,"start":"2027-01-25T09:00:00Z","checklist":[],"stage":"Review","end":"2027-01-25T11:30:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"cycle":"Rapid Response, spring term 2027","mode":"blended","zone":"Europe\/London","participants":[{"part":"host","school":"Oakford Primary","person":"a.marsh","address":"a.marsh@example.test","name":"Ann Marsh","isRequired":true},{"part":"lead","school":"Ysgol Bryn Ŵyn","person":"s.ellis","address":"s.ellis@example.test","name":"Siân Ellis","isRequired":true},{"part":"reviewer","school":"Hillside Infants","person":"k.o","address":"k.o@example.test","name":"Kerry O''Neill","isRequired":true}],"host":"Oakford Primary","id":"spring\/900001\/review","purpose":"","alarms":[]}');
INSERT INTO messageText VALUES(5,X'','{"participants":[{"person":"a.marsh","school":"Oakford Primary","part":"host","isRequired":true,"address":"a.marsh@example.test","name":"Ann Marsh"},{"person":"s.ellis","school":"Ysgol Bryn Ŵyn","part":"lead","isRequired":true,"address":"s.ellis@example.test","name":"Siân Ellis"},{"person":"k.o","school":"Hillside Infants","part":"reviewer","isRequired":true,"address":"k.o@example.test","name":"Kerry O''Neill"}],"start":"2027-01-25T09:00:00Z","zone":"Europe\/London","cycle":"Rapid Response, spring term 2027","stage":"Review","purpose":"","place":"Oakford Primary","id":"spring\/900001\/review","showsParticipants":true,"contact":{"address":"coordinator@example.test","name":"Coordinator"},"end":"2027-01-25T11:30:00Z","mode":"blended","partnership":"Tamar Valley","alarms":[],"checklist":[],"host":"Oakford Primary","question":"How well does blended learning keep up reading progress?"}');
INSERT INTO messageText VALUES(6,X'','{"partnership":"Tamar Valley","question":"How well does blended learning keep up reading progress?","showsParticipants":true,"start":"2027-01-28T13:00:00Z","checklist":[],"stage":"Improvement Workshop","end":"2027-01-28T15:00:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"cycle":"Rapid Response, spring term 2027","mode":"online","zone":"Europe\/London","participants":[{"person":"a.marsh","address":"a.marsh@example.test","school":"Oakford Primary","name":"Ann Marsh","isRequired":true,"part":"host"},{"person":"s.ellis","address":"s.ellis@example.test","school":"Ysgol Bryn Ŵyn","name":"Siân Ellis","isRequired":true,"part":"lead"},{"person":"m.khan","address":"m.khan@example.test","school":"Dock Road Primary","name":"Mo Khan","isRequired":true,"part":"champion"}],"host":"Oakford Primary","id":"spring\/900001\/workshop","purpose":"","alarms":[]}');
INSERT INTO messageText VALUES(7,X'','{"purpose":"","cycle":"Rapid Response, spring term 2027","alarms":[],"zone":"Europe\/London","contact":{"address":"coordinator@example.test","name":"Coordinator"},"question":"How well does blended learning keep up reading progress?","start":"2027-01-28T13:00:00Z","participants":[{"person":"a.marsh","school":"Oakford Primary","part":"host","isRequired":true,"address":"a.marsh@example.test","name":"Ann Marsh"},{"person":"s.ellis","school":"Ysgol Bryn Ŵyn","part":"lead","isRequired":true,"address":"s.ellis@example.test","name":"Siân Ellis"},{"person":"m.khan","school":"Dock Road Primary","part":"champion","isRequired":true,"address":"m.khan@example.test","name":"Mo Khan"}],"host":"Oakford Primary","stage":"Improvement Workshop","mode":"online","id":"spring\/900001\/workshop","showsParticipants":true,"end":"2027-01-28T15:00:00Z","partnership":"Tamar Valley","checklist":[]}');
INSERT INTO messageText VALUES(8,X'','{"partnership":"Tamar Valley","question":"How well does blended learning keep up reading progress?","showsParticipants":true,"start":"2027-01-28T13:00:00Z","checklist":[],"stage":"Improvement Workshop","end":"2027-01-28T15:00:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"cycle":"Rapid Response, spring term 2027","mode":"online","zone":"Europe\/London","participants":[{"part":"host","school":"Oakford Primary","person":"a.marsh","address":"a.marsh@example.test","name":"Ann Marsh","isRequired":true},{"part":"lead","school":"Ysgol Bryn Ŵyn","person":"s.ellis","address":"s.ellis@example.test","name":"Siân Ellis","isRequired":true},{"part":"champion","school":"Dock Road Primary","person":"m.khan","address":"m.khan@example.test","name":"Mo Khan","isRequired":true}],"host":"Oakford Primary","id":"spring\/900001\/workshop","purpose":"","alarms":[]}');
INSERT INTO messageText VALUES(9,X'5375626a6563743a2043616e63656c6c65640d0a0d0a497420646f6573206e6f742074616b6520706c6163652e','{"showsParticipants":true,"checklist":[],"end":"2027-01-28T15:00:00Z","cycle":"Rapid Response, spring term 2027","start":"2027-01-28T13:00:00Z","mode":"online","id":"spring\/900001\/workshop","alarms":[],"stage":"Improvement Workshop","partnership":"Tamar Valley","contact":{"name":"Coordinator","address":"coordinator@example.test"},"purpose":"","zone":"Europe\/London","question":"How well does blended learning keep up reading progress?","participants":[{"part":"host","name":"Ann Marsh","school":"Oakford Primary","person":"a.marsh","isRequired":true,"address":"a.marsh@example.test"},{"part":"lead","name":"Siân Ellis","school":"Ysgol Bryn Ŵyn","person":"s.ellis","isRequired":true,"address":"s.ellis@example.test"},{"part":"champion","name":"Mo Khan","school":"Dock Road Primary","person":"m.khan","isRequired":true,"address":"m.khan@example.test"}],"host":"Oakford Primary"}');
INSERT INTO messageText VALUES(10,X'5375626a6563743a2043616e63656c6c65640d0a0d0a497420646f6573206e6f742074616b6520706c6163652e','{"zone":"Europe\/London","checklist":[],"end":"2027-01-28T15:00:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"alarms":[],"mode":"online","showsParticipants":true,"id":"spring\/900001\/workshop","host":"Oakford Primary","partnership":"Tamar Valley","cycle":"Rapid Response, spring term 2027","question":"How well does blended learning keep up reading progress?","stage":"Improvement Workshop","purpose":"","start":"2027-01-28T13:00:00Z","participants":[{"name":"Ann Marsh","address":"a.marsh@example.test","part":"host","school":"Oakford Primary","isRequired":true,"person":"a.marsh"},{"name":"Siân Ellis","address":"s.ellis@example.test","part":"lead","school":"Ysgol Bryn Ŵyn","isRequired":true,"person":"s.ellis"},{"name":"Mo Khan","address":"m.khan@example.test","part":"champion","school":"Dock Road Primary","isRequired":true,"person":"m.khan"}]}');
INSERT INTO messageText VALUES(11,X'5375626a6563743a2043616e63656c6c65640d0a0d0a497420646f6573206e6f742074616b6520706c6163652e','{"zone":"Europe\/London","checklist":[],"end":"2027-01-28T15:00:00Z","contact":{"address":"coordinator@example.test","name":"Coordinator"},"alarms":[],"mode":"online","showsParticipants":true,"id":"spring\/900001\/workshop","host":"Oakford Primary","partnership":"Tamar Valley","cycle":"Rapid Response, spring term 2027","question":"How well does blended learning keep up reading progress?","stage":"Improvement Workshop","purpose":"","start":"2027-01-28T13:00:00Z","participants":[{"address":"a.marsh@example.test","isRequired":true,"person":"a.marsh","name":"Ann Marsh","school":"Oakford Primary","part":"host"},{"address":"s.ellis@example.test","isRequired":true,"person":"s.ellis","name":"Siân Ellis","school":"Ysgol Bryn Ŵyn","part":"lead"},{"address":"m.khan@example.test","isRequired":true,"person":"m.khan","name":"Mo Khan","school":"Dock Road Primary","part":"champion"}]}');
CREATE TABLE destination (
    name TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    failingSince INTEGER,
    retryAt INTEGER,
    lastError TEXT,
    givenUp INTEGER,
    allowance REAL NOT NULL,
    refilled INTEGER
) STRICT;
INSERT INTO destination VALUES('mail',0,NULL,NULL,NULL,NULL,0.0,NULL);
CREATE TABLE digest (
    partnership TEXT NOT NULL,
    due INTEGER NOT NULL,
    outcome TEXT NOT NULL,   -- 'sent', or why not
    at INTEGER NOT NULL,
    PRIMARY KEY (partnership, due)
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES('identity','37d1f3213ddf81f089968c5b1d3bc4c8');
INSERT INTO setting VALUES('leastSequence','0');
INSERT INTO setting VALUES('owner','{"organiser":"reviews@example.test","partnerships":["tamar"]}');
CREATE TABLE life (
    id TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO life VALUES('spring/900001/pre-review',1);
INSERT INTO life VALUES('spring/900001/review',1);
INSERT INTO life VALUES('spring/900001/workshop',1);
CREATE TABLE claim (
    number INTEGER PRIMARY KEY   -- of a message that is being sent; its row says 'due'
) STRICT;
CREATE TABLE feed (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,      -- 'person', 'school' or 'partnership'
    subject TEXT NOT NULL,   -- its id
    digest BLOB UNIQUE,      -- SHA-256 of the secret in the address; NULL once it is revoked
    created INTEGER NOT NULL,
    revoked INTEGER,
    fetched INTEGER,
    program TEXT,
    entityTag TEXT,          -- of what was read last
    changed INTEGER
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('message',11);
INSERT INTO sqlite_sequence VALUES('revision',2);
CREATE UNIQUE INDEX sessionOnce ON session (id) WHERE isCancelled = 0;
CREATE INDEX messageByRecipient ON message (uid, recipient, number);
CREATE INDEX messageToSend ON message (destination, revision DESC, number, due) WHERE state = 'due';
COMMIT;
