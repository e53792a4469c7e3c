import type { PageWords } from './en.ts';

export const words: PageWords = {
  'hero.title': 'Leihen Sie diesen Tab einem Computer aus vielen',
  'hero.lead':
    'Solange diese Seite offen ist, arbeitet Ihr Browser mit anderen an dem, was Menschen in dieses Netz bringen. Nichts zu installieren, kein Konto.',
  'consent.title': 'Was es heißt, Start zu drücken',
  'consent.what': 'Was läuft.',
  'consent.what-text':
    'Kleine Programme von Menschen, die dieses Netz nutzen, abgeschottet in Workern: Sie erreichen kein Netzwerk, keine Seite und keine Datei von Ihnen. Der Tab bewahrt auch Teile der Daten des Netzes in diesem Browser auf und gibt sie an andere Tabs weiter.',
  'consent.limits': 'Grenzen.',
  'consent.limits-text':
    'Nur so viel, wie Sie wählen, und nur solange diese Seite offen ist. Es kostet Strom und etwas Datenverkehr, und das Netz und die Tabs, mit denen es spricht, sehen Ihre Netzwerkadresse.',
  'consent.stop': 'Wie man aufhört.',
  'consent.stop-text':
    'Drücken Sie „Sofort beenden“ oder schließen Sie den Tab. Vor dem Start läuft nichts, wird nichts verbunden und nichts gespeichert.',
  'consent.safety': 'Was hier laufen kann und was nicht',
  'work.over-now': 'Dieser Tab berechnet',
  'work.over-last': 'Dieser Tab berechnete zuletzt',
  'work.for': 'Für',
  'work.no-name': 'Ein Auftrag ohne Namen',
  'work.no-purpose': 'Wer ihn einreichte, nannte keinen Zweck.',
  'work.block-submitter': 'Nichts mehr für diesen Auftraggeber',
  'work.block-purpose': 'Nichts mehr für diesen Zweck',
  'work.follow': 'Diesem Auftraggeber folgen',
  'numbers.title': 'Was Sie gegeben haben',
  'numbers.done': 'Aufgaben erledigt',
  'numbers.busy': 'Rechenzeit',
  'numbers.failed': 'Aufgaben misslungen',
  'numbers.kept': 'Daten aufbewahrt',
  'numbers.served': 'An andere Tabs gegeben',
  'numbers.road': 'Verbunden über',
  'numbers.none': 'keine',
  'numbers.who': 'Dieser Browser ist Freiwilliger {id}.',
  'numbers.pieces': { one: '{count} Teil', other: '{count} Teile' },
  'numbers.workers': { one: '{count} Worker', other: '{count} Worker' },
  'numbers.busy-of': {
    one: '{running} von {count} Worker beschäftigt',
    other: '{running} von {count} Workern beschäftigt',
  },
  'numbers.tasks': { one: '{count} Aufgabe', other: '{count} Aufgaben' },
  'measure.promised': 'Versprochen: höchstens {promised} von {cores} Kernen.',
  'measure.measured': 'Gemessen über zehn Sekunden: {measured}.',
  'power.title': 'Wie viel von diesem Gerät',
  'power.legend': 'Leistung',
  'power.quiet': 'Leise',
  'power.balanced': 'Ausgewogen',
  'power.full': 'Voll',
  'power.custom': 'Eigene',
  'power.level': '{workers}, {duty} der Zeit',
  'power.note':
    'Ein Worker beschäftigt etwa einen Prozessorkern, während er arbeitet. Sie können das jederzeit ändern.',
  'power.more': 'Mehr',
  'power.workers': 'Worker',
  'power.duty': 'Anteil der Zeit, den jeder arbeitet',
  'power.awake': 'Bildschirm beim Rechnen wach halten',
  'limits.title': 'Grenzen',
  'limits.lead': 'In diesem Browser aufbewahrt und hier eingehalten: Das Netz hat nichts zu sagen.',
  'limits.idle': 'Wenn das Gerät unbenutzt ist',
  'limits.idle-unknown':
    'Dieser Browser verrät nicht, ob das Gerät benutzt wird; es gilt als benutzt.',
  'limits.idle-ask': 'Diese Seite wissen lassen',
  'limits.battery': 'Im Akkubetrieb',
  'limits.battery-unknown':
    'Dieser Browser verrät nichts über einen Akku. Ruhezeiten und Pause haben Sie.',
  'limits.metered': 'In einem Netz mit begrenztem Volumen',
  'limits.metered-unknown': 'Dieser Browser verrät nichts über begrenzte Netze.',
  'limits.pressure': 'Wenn das Gerät überlastet oder heiß ist',
  'limits.pressure-unknown':
    'Dieser Browser verrät es nicht; die Seite misst, wie spät ihre eigene Uhr ist.',
  'limits.same': 'Keine Änderung',
  'limits.pause': 'Ruhen',
  'limits.storage': 'Speicher für die Daten des Netzes',
  'limits.month': 'Rechenstunden im Monat',
  'limits.month-used': '{used} Std. dieses Monats sind verbraucht.',
  'limits.no-limit': 'Ohne Grenze',
  'limits.hours': 'Ruhezeiten',
  'limits.hours-lead':
    'In den markierten Stunden rechnet nichts. Klicken oder Leertaste; Pfeiltasten bewegen.',
  'limits.hours-cell': '{day}, {hour}',
  'limits.hours-clear': 'Alle löschen',
  'limits.pause-hour': 'Eine Stunde Pause',
  'limits.pause-end': 'Pause beenden',
  'record.title': 'Was dieser Tab ausgeführt hat',
  'record.empty':
    'Noch nichts. Jeder Auftrag, der hier läuft, wird aufgeführt: von wem er kam und wozu.',
  'record.row': '{tasks}, {time}, für {submitter}',
  'record.block': 'Sperren',
  'record.blocked': 'Gesperrt',
  'record.unblock': 'Wieder erlauben',
  'record.only': 'Nur, wem ich folge',
  'record.followed': 'Gefolgt',
  'record.unfollow': 'Nicht mehr folgen',
  'yours.title': 'Ihres',
  'yours.lead':
    'Von diesem Browser gezählt. Das Netz rechnet Ergebnisse an, denen andere zugestimmt haben.',
  'yours.total': 'Insgesamt gegeben',
  'yours.streak': 'Tage in Folge',
  'yours.days': { one: '{count} Tag', other: '{count} Tage' },
  'yours.energy': 'Energie, geschätzt',
  'yours.energy-range': '{least} bis {most} Wh',
  'yours.credit': 'Vom Netz angenommen',
  'account.title': 'Sie und dieses Grid',
  'account.lead': 'Es zählt, womit andere übereinstimmten. Ein Name ist nicht nötig.',
  'account.donor': 'Mit Ihren anderen Geräten',
  'account.devices': { one: '{count} Gerät', other: '{count} Geräte' },
  'account.profile': 'Gesehen werden, wenn Sie mögen',
  'account.name': 'Name, den andere sehen',
  'account.team': 'Team',
  'account.listed': 'Mich in der Liste der Spender zeigen',
  'account.save': 'Speichern',
  'account.saved': 'Gespeichert.',
  'account.together': 'Ihre anderen Geräte',
  'account.link-code': 'Code für ein anderes Gerät',
  'account.link-how': 'Geben Sie dort innerhalb von zehn Minuten ein: {code}',
  'account.code': 'Code eines anderen Geräts',
  'account.link': 'Verbinden',
  'account.unlink': 'Von den anderen Geräten trennen',
  'account.board': 'Wer am meisten gibt',
  'account.board-empty': 'Noch niemand wollte in die Liste.',
  'account.board-failed': 'Die Liste ist gerade nicht lesbar. Öffnen Sie sie gleich noch einmal.',
  'account.rank': 'Platz',
  'account.who': 'Spender',
  'account.given': 'Gegeben',
  'account.quarantine': 'Dieser Browser wird zurückgehalten',
  'account.quarantine-detail':
    'Er bekommt vorerst keine Arbeit. Unter „Sie und dieses Grid“ steht, warum, bis wann und was Sie tun können.',
  'account.quarantine-why':
    'Seit {since} bekommt er keine Arbeit: Von {all} seiner Ergebnisse, die mit denen anderer verglichen wurden, wichen {wrong} ab. Er fängt {until} von selbst neu an.',
  'account.quarantine-seen': 'Die neuesten waren bei {list}.',
  'account.quarantine-causes':
    'Übliche Ursachen sind fehlerhafter Speicher, ein übertakteter Prozessor oder eine Erweiterung, die Seiten verändert. Exportieren Sie unten Ihre Daten, um zu sehen, was lief.',
  'account.appeal-text': 'Wenn das falsch ist: Was sollte der Betreiber des Grids wissen?',
  'account.appeal': 'Einspruch',
  'account.appealed':
    'Was Sie schrieben, liegt dem Betreiber des Grids vor, in seinem Prüfprotokoll.',
  'account.problem': 'Das ging nicht: {message} ({code})',
  'limits.storage-used': '{used} von {budget} sind belegt.',
  'yours.certificate': 'Urkunde',
  'yours.export': 'Meine Daten ausgeben',
  'yours.forget': 'Mich vergessen',
  'yours.forget-sure':
    'Das löscht Schlüssel, Einstellungen, Aufzeichnung und die hier bewahrten Daten. Noch einmal drücken.',
  'certificate.title': 'Urkunde über Rechenzeit',
  'certificate.text': 'Ein Browser-Tab hat {hours} Std. gerechnet und {tasks} erledigt.',
  'control.start': 'Start',
  'control.again': 'Nochmals versuchen',
  'control.pause': 'Pause',
  'control.resume': 'Fortsetzen',
  'control.keep': 'Weitermachen',
  'control.finish': 'Zu Ende führen, dann aufhören',
  'control.stop': 'Sofort beenden',
  'state.idle': 'Noch läuft nichts',
  'state.idle-detail':
    'Drücken Sie Start, um diesen Tab zu leihen. Bis dahin verbindet er sich mit nichts.',
  'state.stopped': 'Beendet',
  'state.stopped-detail': 'Nichts läuft und nichts ist mehr verbunden. Mit Start geht es weiter.',
  'state.connecting': 'Verbindet',
  'state.connecting-detail':
    'Die Abschottung wird in diesem Browser geprüft, dann wird das Netz gerufen. Das dauert ein, zwei Sekunden.',
  'state.connecting-again': '{problem}. Es wird von selbst erneut versucht. ({code})',
  'state.waiting': 'Wartet auf Arbeit',
  'state.waiting-detail':
    'Das Netz hat gerade nichts zu tun. Lassen Sie den Tab offen: Es beginnt von selbst, wenn ein Auftrag kommt.',
  'state.fetching': 'Holt einen Auftrag',
  'state.fetching-detail': 'Programm und Dateien kommen. Gerechnet wird, sobald sie da sind.',
  'state.fetching-of':
    'Programm und Dateien von „{job}“ kommen. Gerechnet wird, sobald sie da sind.',
  'state.computing': 'Rechnet',
  'state.computing-detail': 'Läuft gut. Sie können derweil andere Tabs und Fenster benutzen.',
  'state.paused': 'Pause',
  'state.paused-detail':
    'Nichts rechnet. Begonnene Aufgaben behalten ihren Platz oder beginnen neu; Fortsetzen führt sie weiter.',
  'state.finishing': 'Führt zu Ende',
  'state.finishing-results':
    'Die letzten Ergebnisse warten auf den Versand; Neues wird nicht angenommen. Dann hört der Tab von selbst auf.',
  'state.finishing-tasks': {
    one: 'Eine Aufgabe ist noch zu Ende zu führen; Neues wird nicht angenommen. Dann hört der Tab von selbst auf.',
    other:
      '{count} Aufgaben sind noch zu Ende zu führen; Neues wird nicht angenommen. Dann hört der Tab von selbst auf.',
  },
  'state.reconnecting': 'Verbindet neu',
  'state.reconnecting-detail':
    'Die Verbindung zum Netz ist weg und wird neu aufgebaut. Begonnenes läuft weiter; kein Ergebnis geht verloren.',
  'state.offline-detail':
    'Dieses Gerät ist offline. Begonnenes läuft weiter, Ergebnisse werden danach gesendet.',
  'state.blocked': 'Dieses Netz lässt keine stehende Verbindung zu',
  'state.blocked-detail':
    'Das Grid unter {host} antwortet, aber WebRTC und WebSocket sind unterwegs beide gesperrt, durch eine Firewall, einen Proxy oder eine Erweiterung. Versuchen Sie ein anderes Netz, oder bitten Sie dessen Betreiber, WebSocket zu {host} zu erlauben. Es wird von selbst weiter versucht. ({code})',
  'limits.storage-denied':
    'Dieser Browser lässt die Seite nichts speichern: Daten und Einstellungen halten so lange wie dieser Tab.',
  'rest.title': 'Ruht',
  'rest.paused':
    'Sie wünschten eine Pause bis {time}. Dann geht es weiter; oder drücken Sie „Pause beenden“.',
  'rest.quiet-hours': 'Es ist Ihre Ruhezeit. Weiter um {time}; oder ändern Sie sie unter Grenzen.',
  'rest.month':
    'Die Rechenstunden dieses Monats sind verbraucht. Weiter im nächsten; oder erhöhen Sie sie unter Grenzen.',
  'rest.metered':
    'Dieses Netz ist begrenzt. Weiter in einem anderen; oder ändern Sie das unter Grenzen.',
  'rest.battery':
    'Das Gerät läuft auf Akku. Weiter, wenn es lädt; oder ändern Sie das unter Grenzen.',
  'rest.pressure':
    'Das Gerät ist überlastet oder heiß. Weiter, wenn das vorbei ist; oder ändern Sie das unter Grenzen.',
  'rest.idle': 'Das Gerät ist unbenutzt, und dann soll es ruhen. Weiter, wenn Sie es benutzen.',
  'problem.unknown': 'Es geht nicht weiter',
  'problem.unknown-detail':
    '{message} Versuchen Sie es nochmals oder laden Sie die Seite neu. ({code})',
  'problem.sandbox-refused': 'Dieser Browser kann Aufgaben nicht abschotten',
  'problem.sandbox-refused-detail':
    'Eine Sicherheitsprüfung misslang, darum lief nichts. Nehmen Sie ein aktuelles Chrome, Edge, Firefox oder Safari und schalten Sie Erweiterungen ab, die Seiten verändern. ({code}: {message})',
  'problem.unreachable': 'Das Netz antwortet nicht',
  'problem.unreachable-detail':
    'Es ist vielleicht aus oder dieses Gerät offline. Prüfen Sie die Adresse und versuchen Sie es nochmals. ({code})',
  'problem.connection-lost': 'Die Verbindung brach ab',
  'problem.connection-lost-detail':
    'Prüfen Sie das Netzwerk und versuchen Sie es nochmals. ({code})',
  'problem.timeout': 'Das Netz brauchte zu lange',
  'problem.timeout-detail':
    'Das Netzwerk ist vielleicht langsam. Versuchen Sie es nochmals. ({code})',
  'problem.closed': 'Das Netz schloss die Verbindung',
  'problem.closed-detail': 'Es startet vielleicht neu. Versuchen Sie es gleich nochmals. ({code})',
  'problem.too-many-peers': 'Das Netz ist voll',
  'problem.too-many-peers-detail':
    'Es hat so viele Freiwillige, wie es bedienen kann. Danke; versuchen Sie es später. ({code})',
  'problem.rate-limited': 'Zu viele Versuche',
  'problem.rate-limited-detail':
    'Das Netz bittet dieses Gerät um Ruhe. Warten Sie eine Minute und versuchen Sie es nochmals. ({code})',
  'problem.version-mismatch': 'Das Netz wurde erneuert',
  'problem.version-mismatch-detail':
    'Diese Seite ist von einer anderen Version. Laden Sie sie neu. ({code})',
  'problem.identity-in-use': 'Ein anderer Tab dieses Browsers hat diesen Platz',
  'problem.identity-in-use-detail':
    'Schließen Sie den anderen Tab oder machen Sie dort weiter; dann nochmals versuchen. ({code})',
  'problem.identity-refused': 'Das Netz nahm die Kennung dieses Browsers nicht an',
  'problem.identity-refused-detail':
    'Löschen Sie die Daten dieser Seite in den Einstellungen und laden Sie neu. ({code})',
  'problem.token-missing': 'Dieses Netz nimmt nur Eingeladene',
  'problem.token-missing-detail':
    'Öffnen Sie den Link der Einladung: Hinter dem # trägt er ein Kennwort. ({code})',
  'problem.token-refused': 'Die Einladung gilt nicht',
  'problem.token-refused-detail':
    'Sie ist vielleicht abgelaufen. Bitten Sie den Betreiber um einen neuen Link. ({code})',
  'problem.token-expired': 'Diese Einladung ist abgelaufen',
  'problem.token-expired-detail': 'Bitten Sie den Betreiber um eine neue. ({code})',
  'problem.token-revoked': 'Diese Einladung wurde zurückgezogen',
  'problem.token-revoked-detail':
    'Fragen Sie den Betreiber nach dem Grund und einer neuen. ({code})',
  'problem.origin-refused': 'Diese Seite darf nicht um Leistung bitten',
  'problem.origin-refused-detail':
    'Ihr Schlüssel gilt für eine andere. Nichts lief. Fragen Sie den Betreiber der Seite. ({code})',
  'problem.grid-key-changed': 'Das ist nicht das Netz, das Sie kannten',
  'problem.grid-key-changed-detail':
    'Es zeigt einen anderen Schlüssel. Hat der Betreiber es neu eingerichtet, versuchen Sie es nochmals; wenn nicht, gehen Sie. ({code})',
  'problem.manifest-refused': 'Ein Auftrag wurde unterwegs verändert',
  'problem.manifest-refused-detail':
    'Ihm fehlt die Unterschrift des Netzes, darum lief er nicht. Fragen Sie den Betreiber. ({code})',
  'problem.storage-full': 'Der Speicher dieses Browsers ist voll',
  'problem.storage-full-detail':
    'Schaffen Sie Platz auf dem Gerät und versuchen Sie es nochmals. ({code})',
  'problem.storage-failed': 'Dieser Browser lässt die Seite nichts speichern',
  'problem.storage-failed-detail':
    'Verlassen Sie den privaten Modus oder erlauben Sie Websitedaten, dann nochmals versuchen. ({code})',
  'caption.mosaic': 'Die Teile des Bildes, die dieses Gerät berechnet hat.',
  'caption.preview': 'Was eine Aufgabe auf diesem Gerät gerade zeichnet.',
  'caption.field': 'Mit jeder Aufgabe, die dieses Gerät erledigt, leuchtet ein Feld auf.',
  'page.title': 'Manytabs – diesen Tab leihen',
  'page.missing':
    'Dieser Browser kann nicht mitmachen: Ihm fehlt {parts}. Ein aktuelles Chrome, Edge, Firefox oder Safari kann es.',
  'page.drill': 'Eine Übung: Dieser Tab benimmt sich absichtlich schlecht ({fault}).',
  'footer.console': 'Haben Sie etwas zu berechnen?',
  'footer.open': 'Zur Konsole',
  language: 'Sprache',
};
