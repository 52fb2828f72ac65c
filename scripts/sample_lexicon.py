"""Words, predicates and sentence patterns of the sample corpus; see ``make_sample.py``.

How the tables are read
-----------------------
Nouns      ``word GENDER english[=plural]``; GENDER is ``M`` (masculine in -aa, inflecting:
           larkaa, larke), ``m`` (other masculine) or ``f`` (feminine).  ``~`` marks a mass
           noun, ``+`` a noun used in the plural only.
Predicates ``hindi @STEM[/gn] | english``; the English starts with the base form of its verb.
           ``{o:class}`` is the unmarked direct object, ``{g}`` a goal, ``{l}`` a location,
           ``{r.dat}`` and the like a person with a postposition.  ``/fs`` gives the gender and
           number a verb agrees with when its object is part of the idiom.
Patterns   ``{A past x}`` stands for a clause: subject A, tense ``past``, predicate x.  See
           ``Scene`` for the names of subjects and predicates.

This file is dedicated to the public domain (CC0 1.0).
"""

from __future__ import annotations

# ruff: noqa: E501 - one table row to a line reads best

NOUNS = {
    "fruit": "सेब m apple; केला M banana; आम m mango=mangoes; संतरा M orange; अमरूद m guava; अनार m pomegranate",
    "veg": "आलू m potato=potatoes; टमाटर m tomato=tomatoes; प्याज़ m onion; गाजर f carrot; बैंगन m eggplant; "
    "सब्ज़ी f vegetable",
    "meal": "खाना M food~; चावल m rice~; दाल f dal~; खिचड़ी f khichdi~; सूप m soup~; हलवा M halva~; मछली f fish~",
    "bake": "रोटी f roti; मिठाई f sweet; केक m cake; समोसा M samosa; पराठा M paratha",
    "plain": "पानी m water~; दूध m milk~",
    "brew": "चाय f tea~; कॉफ़ी f coffee~; रस m juice~; लस्सी f lassi~; शरबत m sherbet~",
    "read": "किताब f book; कहानी f story=stories; कविता f poem; अख़बार m newspaper; पत्रिका f magazine; "
    "उपन्यास m novel; लेख m article; पत्र m letter; रिपोर्ट f report",
    "wear": "कमीज़ f shirt; साड़ी f sari; कुर्ता M kurta; टोपी f cap; कोट m coat; दुपट्टा M scarf=scarves; "
    "कपड़ा M clothes=clothes+; जूता M shoes=shoes+; स्वेटर m sweater",
    "thing": "घड़ी f watch=watches; छाता M umbrella; थैला M bag; चाबी f key; गिलास m glass=glasses; कप m cup; "
    "थाली f plate; चाकू m knife=knives; कलम f pen; पेंसिल f pencil; नक्शा M map; तस्वीर f picture; "
    "डिब्बा M box=boxes; कंबल m blanket; चादर f sheet; शीशा M mirror; दीपक m lamp; चम्मच m spoon; "
    "टोकरी f basket; बाल्टी f bucket",
    "toy": "खिलौना M toy; गेंद f ball; गुड़िया f doll; पतंग f kite; गुब्बारा M balloon",
    "furniture": "कुर्सी f chair; मेज़ f table; अलमारी f cupboard; पलंग m bed; पंखा M fan",
    "device": "फ़ोन m phone; कंप्यूटर m computer; रेडियो m radio=radios; कैमरा M camera",
    "vehicle": "साइकिल f bicycle; गाड़ी f car; बस f bus=buses; ट्रक m truck; नाव f boat; मोटरसाइकिल f motorcycle",
    "building": "घर m house; दुकान f shop; इमारत f building; कमरा M room; पुल m bridge; मकान m home",
    "nature": "पेड़ m tree; नदी f river; पहाड़ m mountain; झील f lake; जंगल m forest; सड़क f road; रास्ता M path",
    "flower": "फूल m flower; पौधा M plant; गुलाब m rose; कमल m lotus=lotuses",
    "crop": "गेहूँ m wheat~; मक्का M maize~; गन्ना M sugarcane~; धान m paddy~; सरसों f mustard~",
    "pet": "कुत्ता M dog; बिल्ली f cat; गाय f cow; घोड़ा M horse; भैंस f buffalo=buffaloes; बकरी f goat; "
    "भेड़ f sheep=sheep; ऊँट m camel; खरगोश m rabbit; तोता M parrot",
    "wild": "बंदर m monkey; हाथी m elephant; शेर m lion; मोर m peacock; चिड़िया f bird; हिरण m deer=deer",
    "person": "लड़का M boy; लड़की f girl; बच्चा M child=children; आदमी m man=men; औरत f woman=women; "
    "छात्र m student; पड़ोसी m neighbor; मेहमान m guest; यात्री m traveler; बूढ़ा M old~man=old~men",
    "worker": "किसान m farmer; दुकानदार m shopkeeper; माली m gardener; ड्राइवर m driver; मज़दूर m worker; "
    "कलाकार m artist; गायक m singer; लेखक m writer; वैज्ञानिक m scientist; इंजीनियर m engineer; नर्स f nurse; "
    "खिलाड़ी m player; मछुआरा M fisherman=fishermen; डाकिया M postman=postmen; सिपाही m soldier; वकील m lawyer; "
    "दर्ज़ी m tailor; रसोइया M cook; बढ़ई m carpenter; पत्रकार m journalist; अध्यापिका f teacher; लोहार m blacksmith",
    "kin": "भाई m brother; बहन f sister; बेटा M son; बेटी f daughter; दोस्त m friend; पड़ोसी m neighbor",
    "elder": "माँ f mother; पिता m father; दादी f grandmother; दादा m grandfather; चाचा m uncle; चाची f aunt",
    "study": "गणित m mathematics~; विज्ञान m science~; इतिहास m history~; हिंदी f Hindi~; अंग्रेज़ी f English~; "
    "संस्कृत f Sanskrit~; भूगोल m geography~",
    "game": "क्रिकेट m cricket~; फ़ुटबॉल m football~; शतरंज m chess~; हॉकी f hockey~; कबड्डी f kabaddi~",
    "song": "गाना M song; भजन m hymn; ग़ज़ल f ghazal",
    "show": "फ़िल्म f film; मैच m match=matches; नाटक m play; तमाशा M show",
    "music": "सितार m sitar; तबला M tabla; बाँसुरी f flute; गिटार m guitar; ढोल m drum",
    "task": "सवाल m question; परीक्षा f exam; यात्रा f journey; समस्या f problem; योजना f plan; नौकरी f job",
    "open": "दरवाज़ा M door; खिड़की f window; संदूक m trunk; फाटक m gate",
}
WIDER = {
    "food": "fruit meal bake",
    "drink": "plain brew",
    "buyfood": "fruit veg",
    "gift": "toy read wear thing",
    "goods": "thing wear toy furniture device",
    "own": "read wear thing toy device",
    "animal": "pet wild",
    "big": "building nature furniture",
    "cheap": "wear thing toy furniture",
    "any": "person worker",
}
NAMES = (
    "राम m Ram; मोहन m Mohan; अमित m Amit; रवि m Ravi; सुरेश m Suresh; विजय m Vijay; अर्जुन m Arjun; "
    "रोहन m Rohan; समीर m Sameer; इमरान m Imran; राहुल m Rahul; जॉन m John; सीता f Sita; राधा f Radha; "
    "अनिता f Anita; प्रिया f Priya; मीना f Meena; नेहा f Neha; कमला f Kamala; लता f Lata; फ़ातिमा f Fatima; "
    "गीता f Gita; सलमा f Salma; मारिया f Maria"
)
# Hindi oblique + postposition, English "to" phrase, English location phrase.
PLACES = """
बाज़ार|बाज़ार में|to the market|in the market
स्कूल|स्कूल में|to school|at school
घर|घर पर|home|at home
दफ़्तर|दफ़्तर में|to the office|at the office
पार्क|पार्क में|to the park|in the park
बगीचे|बगीचे में|to the garden|in the garden
नदी पर|नदी के किनारे|to the river|by the river
स्टेशन|स्टेशन पर|to the station|at the station
अस्पताल|अस्पताल में|to the hospital|in the hospital
मंदिर|मंदिर में|to the temple|in the temple
पुस्तकालय|पुस्तकालय में|to the library|in the library
मैदान|मैदान में|to the playground|on the playground
खेत|खेत में|to the field|in the field
गाँव|गाँव में|to the village|in the village
शहर|शहर में|to the city|in the city
होटल|होटल में|to the hotel|in the hotel
बैंक|बैंक में|to the bank|at the bank
डाकघर|डाकघर में|to the post office|at the post office
मेले|मेले में|to the fair|at the fair
"""
CITIES = (
    "दिल्ली Delhi; मुंबई Mumbai; कोलकाता Kolkata; चेन्नई Chennai; जयपुर Jaipur; लखनऊ Lucknow; पटना Patna; "
    "आगरा Agra; वाराणसी Varanasi; भोपाल Bhopal; पुणे Pune; शिमला Shimla"
)
SPOTS = (
    "मेज़ पर|on the table; मेज़ के नीचे|under the table; अलमारी में|in the cupboard; कुर्सी पर|on the chair; "
    "पलंग के नीचे|under the bed; दरवाज़े के पीछे|behind the door; खिड़की के पास|near the window; "
    "थैले में|in the bag; डिब्बे के अंदर|inside the box; टोकरी में|in the basket; दीपक के सामने|in front of the lamp"
)
# Adjectives: Hindi citation form and English; those in -aa inflect.  A trailing * = "more/most".
ADJECTIVES = {
    "book": "नया new; पुराना old; अच्छा good; रोचक interesting*; लंबा long; प्रसिद्ध famous*; उपयोगी useful*; छोटा small",
    "cloth": "नया new; पुराना old; लाल red; नीला blue; सफ़ेद white; काला black; पीला yellow; हरा green; महँगा expensive*; "
    "सस्ता cheap; सुंदर beautiful*",
    "washing": "साफ़ clean; गंदा dirty; गीला wet; सूखा dry",
    "holding": "खाली empty",
    "object": "नया new; पुराना old; बड़ा big; छोटा small; भारी heavy; हल्का light; महँगा expensive*; सस्ता cheap; "
    "मज़बूत strong; लाल red; सुंदर beautiful*; काला black; नीला blue; गोल round",
    "bloom": "सुंदर beautiful*; लाल red; पीला yellow; सफ़ेद white; छोटा small; बड़ा big; नीला blue",
    "food": "ताज़ा fresh; मीठा sweet; खट्टा sour; अच्छा good",
    "dish": "गरम hot; ठंडा cold; स्वादिष्ट tasty; ताज़ा fresh; अच्छा good",
    "drink": "गरम hot; ठंडा cold; मीठा sweet; अच्छा good",
    "place": "बड़ा big; छोटा small; पुराना old; नया new; सुंदर beautiful*; साफ़ clean; शांत quiet; खाली empty",
    "nature": "सुंदर beautiful*; ऊँचा high; गहरा deep; चौड़ा wide; लंबा long; साफ़ clean; बड़ा big; घना dense; खतरनाक dangerous*",
    "animal": "छोटा small; बड़ा big; काला black; सफ़ेद white; भूरा brown; मोटा fat; सुंदर beautiful*; तेज़ fast; भूखा hungry",
    "person": "लंबा tall; बहादुर brave; ईमानदार honest*; मेहनती hardworking*; बुद्धिमान intelligent*; दयालु kind; "
    "आलसी lazy; अमीर rich; ग़रीब poor; अच्छा good; समझदार sensible*; प्रसिद्ध famous*; मज़बूत strong; कमज़ोर weak; पतला thin",
    "task": "आसान easy; कठिन difficult*; लंबा long; नया new; ज़रूरी important*; रोचक interesting*; बड़ा big",
    "mood": "खुश happy; दुखी sad; नाराज़ angry; बीमार ill; स्वस्थ healthy; व्यस्त busy; तैयार ready; चिंतित worried; "
    "अकेला alone; भूखा hungry; प्यासा thirsty; परेशान upset; सुरक्षित safe; हैरान surprised",
}
ADJ_OF = {
    "read": "book",
    "wear": "cloth",
    "thing": "object",
    "toy": "object",
    "furniture": "object",
    "device": "object",
    "vehicle": "object",
    "fruit": "food",
    "veg": "food",
    "bake": "dish",
    "meal": "dish",
    "plain": "drink",
    "brew": "drink",
    "building": "place",
    "nature": "nature",
    "flower": "bloom",
    "pet": "animal",
    "wild": "animal",
    "person": "person",
    "worker": "person",
    "kin": "person",
    "task": "task",
    "show": "book",
    "song": "book",
    "open": "object",
}
# Adjectives a particular noun cannot take although its class can.
ODD = {
    "नदी": "ऊँचा घना",
    "पहाड़": "गहरा चौड़ा घना लंबा साफ़",
    "झील": "ऊँचा घना लंबा चौड़ा",
    "जंगल": "ऊँचा चौड़ा लंबा साफ़",
    "सड़क": "ऊँचा गहरा घना",
    "रास्ता": "ऊँचा गहरा घना",
    "पेड़": "गहरा चौड़ा लंबा साफ़ घना खतरनाक",
    "घोड़ा": "",
    "पुल": "शांत खाली",
    "पौधा": "लाल पीला सफ़ेद नीला",
    "गुलाब": "नीला",
    "मैच": "नया पुराना छोटा उपयोगी",
    "तमाशा": "उपयोगी लंबा",
    "गाय": "तेज़",
    "बैंगन": "मीठा खट्टा",
    "आलू": "मीठा खट्टा",
    "प्याज़": "मीठा खट्टा",
    "सब्ज़ी": "मीठा खट्टा",
    "गाजर": "खट्टा",
    "केला": "खट्टा",
    "टमाटर": "मीठा",
    "पानी": "अच्छा मीठा",
    "शेर": "काला सफ़ेद छोटा",
    "हाथी": "तेज़ छोटा सफ़ेद",
    "मोर": "काला मोटा भूरा",
    "तोता": "काला भूरा बड़ा मोटा",
    "नक्शा": "भारी हल्का खाली मज़बूत काला नीला गोल लाल",
    "तस्वीर": "भारी हल्का खाली मज़बूत काला नीला गोल लाल",
    "चाकू": "खाली गोल",
    "कलम": "खाली गोल भारी",
    "पेंसिल": "खाली गोल भारी",
    "चाबी": "खाली गोल लाल नीला काला",
    "कंबल": "खाली गोल मज़बूत",
    "चादर": "खाली गोल मज़बूत",
    "घड़ी": "खाली मज़बूत",
    "छाता": "खाली गोल",
    "दीपक": "खाली नीला काला लाल",
    "फ़ोन": "खाली गोल",
    "कंप्यूटर": "खाली गोल लाल",
    "रेडियो": "खाली गोल",
    "कैमरा": "खाली गोल",
    "गेंद": "खाली मज़बूत महँगा भारी",
    "गुड़िया": "खाली गोल मज़बूत भारी काला",
    "पतंग": "खाली गोल भारी मज़बूत",
    "गुब्बारा": "खाली भारी मज़बूत पुराना महँगा",
    "खिलौना": "खाली गोल भारी",
    "पंखा": "खाली गोल लाल हल्का",
    "साइकिल": "खाली गोल",
    "गाड़ी": "गोल हल्का खाली",
    "बस": "गोल हल्का सस्ता महँगा",
    "ट्रक": "गोल हल्का सुंदर",
    "नाव": "गोल",
    "मोटरसाइकिल": "गोल खाली हल्का",
    "मिठाई": "गरम ठंडा",
    "केक": "गरम ठंडा",
    "पत्र": "प्रसिद्ध उपयोगी",
    "अख़बार": "प्रसिद्ध लंबा छोटा",
    "रिपोर्ट": "प्रसिद्ध छोटा",
    "रोटी": "ठंडा",
    "मेहमान": "मज़बूत कमज़ोर आलसी ग़रीब",
    "बूढ़ा": "आलसी लंबा",
    "पत्रिका": "लंबा छोटा",
    "पलंग": "गोल खाली हल्का",
    "अलमारी": "गोल हल्का लाल",
    "कुर्सी": "गोल",
    "मेज़": "हल्का",
    "शीशा": "खाली लाल काला नीला मज़बूत हल्का",
    "फाटक": "खाली गोल हल्का सस्ता महँगा",
    "दरवाज़ा": "खाली गोल हल्का सस्ता महँगा",
    "खिड़की": "खाली भारी हल्का सस्ता महँगा मज़बूत",
    "संदूक": "गोल लाल",
    "परीक्षा": "नया रोचक",
    "समस्या": "लंबा रोचक ज़रूरी",
    "नौकरी": "बड़ा लंबा",
    "यात्रा": "नया आसान बड़ा",
    "सवाल": "नया बड़ा",
    "योजना": "लंबा",
    "मछली": "ठंडा",
    "खिलाड़ी": "आलसी ग़रीब",
    "सूप": "ताज़ा",
    "कबड्डी": "",
    "फ़िल्म": "उपयोगी छोटा",
    "नाटक": "उपयोगी",
    "चम्मच": "खाली भारी गोल मज़बूत",
    "टोकरी": "काला",
    "बाल्टी": "गोल सुंदर",
    "हिरण": "काला मोटा",
    "चिड़िया": "मोटा",
    "बच्चा": "ईमानदार मज़बूत अमीर प्रसिद्ध",
    "बकरी": "तेज़",
    "भैंस": "सफ़ेद तेज़ सुंदर भूरा",
    "भेड़": "तेज़",
    "ऊँट": "काला सफ़ेद छोटा मोटा सुंदर",
    "बंदर": "सफ़ेद काला सुंदर",
    "कमरा": "पुराना",
    "इमारत": "शांत खाली",
    "दीवार": "",
    "गिलास": "",
    "थाली": "",
    "कप": "गोल",
}
GRADES = {
    "good": "better best",
    "big": "bigger biggest",
    "heavy": "heavier heaviest",
    "lazy": "lazier laziest",
    "easy": "easier easiest",
    "hungry": "hungrier hungriest",
    "tasty": "tastier tastiest",
    "dry": "drier driest",
    "dirty": "dirtier dirtiest",
    "thin": "thinner thinnest",
    "fat": "fatter fattest",
    "hot": "hotter hottest",
    "wet": "wetter wettest",
    "red": "redder reddest",
    "empty": "emptier emptiest",
    "brave": "braver bravest",
    "wide": "wider widest",
    "dense": "denser densest",
    "white": "whiter whitest",
    "blue": "bluer bluest",
}
NUMBERS = (
    "दो two; तीन three; चार four; पाँच five; छह six; सात seven; आठ eight; नौ nine; दस ten; ग्यारह eleven; बारह twelve; "
    "पंद्रह fifteen; बीस twenty"
)
# Stems whose perfective takes the ergative marker; all others keep a plain subject.
NE_STEMS = set(
    [
        "खा",
        "पी",
        "पढ़",
        "लिख",
        "देख",
        "सुन",
        "सीख",
        "सिखा",
        "पढ़ा",
        "खरीद",
        "बेच",
        "बना",
        "धो",
        "काट",
        "खोल",
        "कर",
        "भेज",
        "दे",
        "ले",
        "दिखा",
        "बुला",
        "पूछ",
        "बता",
        "कह",
        "समझ",
        "जान",
        "सोच",
        "रख",
        "ढूँढ",
        "खो",
        "तोड़",
        "लगा",
        "उगा",
        "पहन",
        "उठा",
        "फेंक",
        "पकड़",
        "चला",
        "सी",
        "बजा",
        "गा",
        "खेल",
        "जीत",
        "छू",
        "छोड़",
        "चुन",
        "माँग",
        "पका",
        "बो",
        "सजा",
        "भर",
        "नाप",
        "मना",
        "बदल",
        "जला",
        "बाँध",
        "पाल",
        "बिता",
        "समझा",
        "बचा",
        "पिला",
        "खिला",
        "चाह",
    ]
)
IRREGULAR = {
    w.split()[0]: (w.split()[1], w.split()[2])
    for w in [
        "eat ate eaten",
        "drink drank drunk",
        "read read read",
        "write wrote written",
        "see saw seen",
        "buy bought bought",
        "sell sold sold",
        "make made made",
        "cut cut cut",
        "send sent sent",
        "give gave given",
        "take took taken",
        "show showed shown",
        "meet met met",
        "teach taught taught",
        "tell told told",
        "say said said",
        "speak spoke spoken",
        "know knew known",
        "think thought thought",
        "forget forgot forgotten",
        "bring brought brought",
        "put put put",
        "lose lost lost",
        "break broke broken",
        "grow grew grown",
        "wear wore worn",
        "throw threw thrown",
        "catch caught caught",
        "drive drove driven",
        "sew sewed sewn",
        "sing sang sung",
        "win won won",
        "go went gone",
        "come came come",
        "leave left left",
        "sit sat sat",
        "sleep slept slept",
        "get got gotten",
        "run ran run",
        "swim swam swum",
        "fall fell fallen",
        "fly flew flown",
        "choose chose chosen",
        "begin began begun",
        "understand understood understood",
        "be was been",
        "have had had",
        "do did done",
        "feel felt felt",
        "feed fed fed",
        "fight fought fought",
        "tie tied tied",
        "draw drew drawn",
        "set set set",
        "hear heard heard",
        "find found found",
        "keep kept kept",
        "spend spent spent",
        "ride rode ridden",
        "rise rose risen",
        "hide hid hidden",
        "shine shone shone",
        "blow blew blown",
        "feel felt felt",
        "ring rang rung",
        "light lit lit",
    ]
}
DOUBLE = set(["swim", "run", "sit", "get", "cut", "put", "stop", "win", "set", "forget", "begin", "plan", "chat"])

TIMES = {
    "past": "कल|yesterday; पिछले हफ़्ते|last week; पिछले साल|last year; पिछले महीने|last month; आज सुबह|this morning; "
    "दो दिन पहले|two days ago; कल शाम|yesterday evening; पिछले सोमवार को|last Monday; तीन घंटे पहले|three hours ago",
    "fut": "कल|tomorrow; अगले हफ़्ते|next week; अगले महीने|next month; अगले साल|next year; आज शाम|this evening; "
    "कल सुबह|tomorrow morning; अगले मंगलवार को|next Tuesday; शुक्रवार को|on Friday; थोड़ी देर में|in a little while; "
    "पाँच दिन बाद|after five days",
    "hab": "रोज़|every day; हर सुबह|every morning; हर शाम|every evening; हर रविवार|every Sunday; हर हफ़्ते|every week; "
    "गर्मियों में|in summer; सर्दियों में|in winter; छुट्टियों में|during the holidays; शनिवार को|on Saturday",
    "prog": "अभी|now; इस समय|at the moment; आज|today",
    "pastprog": "उस समय|at that time; कल शाम|yesterday evening; कल|yesterday; आज सुबह|this morning",
    "pasthab": "बचपन में|in childhood; उन दिनों|in those days; हर रविवार|every Sunday; गर्मियों में|in summer; रोज़|every day",
    "perf": "आज|today",
}
TIME_OF = {
    "past": "past",
    "could": "past",
    "hadto": "past",
    "supposed": "past",
    "fut": "fut",
    "willhaveto": "fut",
    "ableto": "fut",
    "haveto": "fut",
    "should": "fut",
    "hab": "hab",
    "prog": "prog",
    "pastprog": "pastprog",
    "pasthab": "pasthab",
    "try": "prog",
    "want": "fut",
    "can": "fut",
    "may": "fut",
    "began": "past",
}
HOURS = "एक one; दो two; तीन three; चार four; पाँच five; छह six; सात seven; आठ eight; नौ nine; दस ten; ग्यारह eleven"

# --------------------------------------------------------------------------- predicates

# Everyday predicates for short sentences.  "one" marks what one does once (buying a car), "state"
# what has no progressive.
BASIC = """
all|{o:food} @खा|eat {o}
all|{o:drink} @पी|drink {o}
all|{o:read} @पढ़|read {o}
all|ध्यान से {o:read} @पढ़|read {o} carefully
one|{o:read} @लिख|write {o}
one|{r.dat} पत्र @लिख/ms|write a letter to {r}
one|{o:goods} @खरीद|buy {o}
one|{o:vehicle} @खरीद|buy {o}
one|{o:pet} @खरीद|buy {o}
one|मेले में {o:pet} @बेच|sell {o} at the fair
one|{r.dat} {o:goods} @बेच|sell {o} to {r}
all|{o:show} @देख|watch {o}
one|{p} {o:animal} @देख|watch {o} {p}
all|जंगल में {o:wild} @देख|watch {o} in the forest
state|{o:wild:g} से @डर|fear {o}
all|गंदे कपड़े साबुन से @धो/mp|wash the dirty clothes with soap
all|गीले कपड़े धूप में @रख/mp|put the wet clothes in the sun
one|{r.se} {x:task} के बारे में @पूछ|ask {r} about {x}
all|{x:task} के बारे में {r.se} बात @कर/fs|talk to {r} about {x}
all|{r.ke} साथ {o:show} @देख|watch {o} with {r}
all|{o:song} @सुन|listen to {o}
all|{o:song} @गा|sing {o}
all|{o:music:b} @बजा|play the {o}
all|{o:game} @खेल|play {o}
all|{o:toy:s} से @खेल|play with {o}
all|{o:study} @सीख|learn {o}
all|{r.dat} {o:study} @पढ़ा|teach {o} to {r}
all|{o:meal} @बना|cook {o}
all|{o:bake} @बना|make {o}
all|{o:wear} @धो|wash {o}
all|{o:veg} @काट|cut {o}
one|{o:open:b} @खोल|open the {o}
one|{o:open:b} बंद @कर|close the {o}
all|{o:device} ठीक @कर|fix {o}
all|{o:vehicle} साफ़ @कर|clean {o}
all|कमरा साफ़ @कर/ms|clean the room
one|{r.dat} {o:read} @भेज|send {o} to {r}
one|{r.dat} {o:gift} @दे|give {o} to {r}
one|{r.se} {o:gift} @ले|take {o} from {r}
one|{r.dat} {o:gift} @दिखा|show {o} to {r}
one|{r.dat} घर @बुला|call {r} home
all|{l} {r.se} @मिल|meet {r} {l}
all|{r.se} बात @कर/fs|talk to {r}
all|{r.ki} मदद @कर/fs|help {r}
all|{l} {r.ka} इंतज़ार @कर/ms|wait for {r} {l}
all|{r.dat} फ़ोन @कर/ms|phone {r}
one|{r.se} एक सवाल @पूछ/ms|ask {r} a question
one|{r.dat} सारी बात @बता/fs|tell {r} the whole matter
one|{r.dat} अपना पता @बता/ms|tell {r} <own> address
all|{r.ki} बात @समझ/fs|understand {r}
slip|{r.ka} नाम @भूल|forget {mine} name
slip|{l} {o:own:s} @भूल|forget {o} {l}
all|{r.ke} लिए {o:drink} @ला|bring {o} for {r}
one|{r.ke} लिए {o:gift} @ला|bring {o} for {r}
one|{spot} {o:thing} @रख|put {o} {spot}
one|{spot} {o:thing} @ढूँढ|look for {o} {spot}
slip|{l} {o:thing} @खो|lose {o} {l}
all|{o:flower:p} @तोड़|pick {o}
one|{o:flower} @लगा|plant {o}
all|{o:wear} @पहन|wear {o}
one|{o:toy:s} @फेंक|throw {o}
one|{o:toy:s} @पकड़|catch {o}
all|{o:vehicle} @चला|drive {o}
all|{o:wear} @सी|sew {o}
one|मैच @जीत/ms|win the match
all|{g} @जा|go {g}
all|{r.ke} साथ {g} @जा|go {g} with {r}
all|{c} @जा|go to {c}
all|बस से {g} @आ|come {g} by bus
one|{h} {g} @पहुँच|arrive {l} {h}
all|{c} से @लौट|return from {c}
one|{h} {c} से @निकल|leave {c} {h}
state|{c} में @रह|live in {c}
all|{p} @बैठ|sit {p}
all|{hn} @सो|sleep {hn}
all|{hm} @उठ|get up {hm}
all|पार्क में @दौड़|run in the park
all|सड़क पर धीरे-धीरे @चल|walk slowly on the road
all|ज़ोर से @हँस|laugh loudly
all|चुपचाप @रो|cry quietly
all|शादी में @नाच|dance at the wedding
all|नदी में @तैर|swim in the river
all|ठंडे पानी से @नहा|bathe with cold water
all|{p} @टहल|stroll {p}
all|{j} काम @कर/ms|work {j}
all|{p} आराम @कर/ms|rest {p}
all|{r.ke} साथ काम @कर/ms|work with {r}
all|{c} की यात्रा @कर/fs|travel to {c}
all|पहाड़ पर @चढ़|climb the mountain
one|बस से @उतर|get off the bus
all|{r.dat} देखकर @मुस्कुरा|smile at {r}
all|सच @बोल|speak the truth
all|झूठ @बोल|tell a lie
one|{x:task} के बारे में @सोच|think about {x}
all|{o:pet:p} @पाल|keep {o}
all|{r.ke} लिए {o:toy} @बना|make {o} for {r}
one|{o:thing} @चुन|choose {o}
one|{r.se} {o:thing} @माँग|ask {r} for {o}
all|नए शब्द याद @कर/mp|memorize the new words
one|{o:furniture} @बेच|sell {o}
one|अपना काम शुरू @कर/ms|start <own> work
one|अपना काम ख़त्म @कर/ms|finish <own> work
one|{r.dat} {o:fruit} @दे|give {o} to {r}
one|{o:crop} @बो|sow {o}
slip|गलती से {o:thing} @तोड़|break {o} by mistake
one|{r.ke} बगल में @बैठ|sit next to {r}
one|जल्दी से {g} @भाग|run quickly {g}
one|{r.dat} {c} के बारे में @बता|tell {r} about {c}
all|चित्र @बना/ms|draw a picture
one|डिब्बा ध्यान से @उठा/ms|lift the box carefully
one|ठंडा पानी @छू/ms|touch the cold water
one|पुरानी नौकरी @छोड़/fs|leave the old job
all|{r.ke} बिना {g} @जा|go {g} without {r}
all|पेड़ के नीचे @सो|sleep under the tree
all|छत के ऊपर @चढ़|climb onto the roof
state|{k.se} प्यार @कर/ms|love {k}
state|{r.dat} अच्छी तरह @जान|know {r} well
state|{r.ke} ख़िलाफ़ कुछ भी नहीं @कह/ms|say nothing against {r}
"""

PET_ACTS = """
all|पेड़ के पास @सो|sleep near the tree
all|पानी @पी/ms|drink water
all|बगीचे में @दौड़|run in the garden
all|पेड़ के नीचे @बैठ|sit under the tree
all|अपने मालिक के साथ @खेल|play with <own> master
all|खेत में @घूम|wander in the field
"""

WORLD = """
सूरज/ms : पूर्व में @निकल|the sun : rise in the east
चाँद/ms : बादलों के पीछे @छिप|the moon : hide behind the clouds
ठंडी हवा/fs : @चल|the cold wind : blow
बहुत तेज़ बारिश/fs : @हो|it : rain very hard
पहाड़ों पर बर्फ़/fs : @गिर|the snow : fall on the mountains
पेड़ों से पत्ते/mp : @गिर|the leaves : fall from the trees
आसमान में चिड़ियाँ/fp : @उड़|the birds : fly in the sky
आसमान में तारे/mp : @चमक|the stars : shine in the sky
दुकान/fs : {h} @खुल|the shop : open {h}
दुकान/fs : {h} बंद @हो|the shop : close {h}
मैच/ms : {h} शुरू @हो|the match : begin {h}
बैठक/fs : {h} ख़त्म @हो|the meeting : end {h}
ट्रेन/fs : {h} {c} से @आ|the train : come from {c} {h}
ट्रेन/fs : {h} {c} @पहुँच|the train : arrive in {c} {h}
बस/fs : {h} स्टेशन से @निकल|the bus : leave the station {h}
नदी/fs : गाँव के पास से @बह|the river : flow near the village
घंटी/fs : {h} @बज|the bell : ring {h}
"""

# Acts, reasons, obstacles for one topic each, so that long sentences stay on one subject.
TOPICS = {
    "shop": (
        """बाज़ार से {o:buyfood:p} @खरीद|buy {o} from the market
दुकान से {o:wear} @खरीद|buy {o} from the shop
अपने बेटे के लिए {o:toy} @खरीद|buy {o} for <own> son
अपनी बेटी के लिए {o:toy} @खरीद|buy {o} for <own> daughter
बाज़ार @जा|go to the market
बाज़ार में {r.se} @मिल|meet {r} in the market
दुकान में {o:furniture} @देख|look at {o} in the shop
{r.dat} नई दुकान @दिखा/fs|show the new shop to {r}
मेले से {o:toy:p} @ला|bring {o} from the fair
घर के लिए {o:furniture} @चुन|choose {o} for the house""",
        """W शाम को घर पर दावत/fs : @है|there : be a feast at home in the evening
W वहाँ सब कुछ/ms : सस्ता @है|everything : be cheap there
P काफ़ी पैसे @है/mp|have enough money
W दाम/mp : कम @है|the prices : be low
W दुकानदार/ms : बहुत ईमानदार @है|the shopkeeper : be very honest""",
        """P! पैसे @है/mp|have money
W दुकान/fs : बंद @है|the shop : be closed
W बाज़ार में बहुत भीड़/fs : @है|there : be a big crowd in the market
W बहुत तेज़ बारिश/fs : @हो|it : rain very hard
W दाम/mp : बहुत ज़्यादा @है|the prices : be very high
W सारी दुकानें/fp : बहुत दूर @है|all the shops : be very far""",
    ),
    "study": (
        """पुस्तकालय में {o:read} @पढ़|read {o} in the library
अपना गृहकार्य ध्यान से @कर/ms|do <own> homework carefully
{o:study} @सीख|learn {o}
परीक्षा की तैयारी @कर/fs|prepare for the exam
अपने दोस्त के साथ {o:study} @सीख|learn {o} with <own> friend
अध्यापिका से कुछ सवाल @पूछ/mp|ask the teacher some questions
कक्षा में {o:read} ज़ोर से @पढ़|read {o} aloud in class
नए विषय के बारे में एक लेख @लिख/ms|write an article about the new subject
छोटे बच्चों को {o:study} @पढ़ा|teach {o} to the small children
सारी कविताएँ याद @कर/fp|memorize all the poems""",
        """W परीक्षा/fs : बहुत पास @है|the exam : be very near
D नई चीज़ें सीखने का शौक @है/ms|be fond of learning new things
N परीक्षा को लेकर चिंतित @है|be worried about the exam
W अध्यापिका/fs : बहुत सख़्त @है|the teacher : be very strict
P पूरा दिन @है/ms|have the whole day""",
        """W घर में बहुत शोर/ms : @है|there : be a lot of noise in the house
P! समय @है/ms|have time
N बहुत थक~ हु^ @है|be very tired
D बुखार @है/ms|have a fever
W बिजली/fs : बंद @है|the power : be off
W मौसम/ms : बहुत ख़राब @है|the weather : be very bad""",
    ),
    "health": (
        """डॉक्टर के पास @जा|go to the doctor
समय पर दवा @ले/fs|take the medicine on time
घर पर आराम @कर/ms|rest at home
सुबह पार्क में @टहल|stroll in the park in the morning
योग @कर/ms|do yoga
{o:fruit:p} @खा|eat {o}
सूप @पी/ms|drink soup
जल्दी @सो|sleep early
नर्स से सलाह @ले/fs|take advice from the nurse
अपने दोस्त के साथ अस्पताल @जा|go to the hospital with <own> friend""",
        """N बीमार @है|be ill
D बुखार @है/ms|have a fever
N बहुत कमज़ोर @है|be very weak
D अपनी सेहत की चिंता @है/fs|be worried about <own> health
D स्वस्थ रहना पसंद @है/ms|like being healthy""",
        """P! समय @है/ms|have time
N काम में बहुत व्यस्त @है|be very busy with work
P! पैसे @है/mp|have money
W घर में बहुत काम/ms : @है|there : be a lot of work at home
W घर में बहुत सारे मेहमान/mp : @है|there : be many guests at home""",
    ),
    "travel": (
        """ट्रेन से {c} @जा|go to {c} by train
अपने परिवार के साथ यात्रा @कर/fs|travel with <own> family
पहाड़ों पर छुट्टियाँ @बिता/fp|spend the holidays in the mountains
{c} में {r.se} @मिल|meet {r} in {c}
नई जगहों की तस्वीरें @ले/fp|take pictures of the new places
समुद्र के किनारे @टहल|stroll by the sea
पुराना किला @देख/ms|look at the old fort
नाव से नदी पार @कर/fs|cross the river by boat
हवाई जहाज़ से {c} @लौट|return to {c} by plane
होटल में एक कमरा @ले/ms|take a room in the hotel""",
        """D यात्रा करना पसंद @है/ms|like traveling
N छुट्टी पर @है|be on holiday
W मौसम/ms : बहुत अच्छा @है|the weather : be very good
W टिकट/mp : सस्ते @है|the tickets : be cheap
P काफ़ी समय @है/ms|have enough time""",
        """W सारी ट्रेनें/fp : रद्द @है|all the trains : be cancelled
W टिकट/mp : बहुत महँगे @है|the tickets : be very expensive
P! पैसे @है/mp|have money
W मौसम/ms : बहुत ख़राब @है|the weather : be very bad
W सड़क/fs : बंद @है|the road : be closed
N बीमार @है|be ill""",
    ),
    "farm": (
        """खेत में {o:crop} @उगा|grow {o} in the field
नए पेड़ @लगा/mp|plant new trees
खेत में काम @कर/ms|work in the field
पौधों को पानी @दे/ms|water the plants
{o:crop} @काट|harvest {o}
बाज़ार में {o:veg:p} @बेच|sell {o} in the market
गायों को चारा @खिला/ms|feed the cows
पेड़ों से {o:fruit:p} @तोड़|pick {o} from the trees
कुएँ से पानी @ला/ms|bring water from the well
ट्रैक्टर @चला/ms|drive the tractor
गाँव में {r.ki} मदद @कर/fs|help {r} in the village""",
        """W ज़मीन/fs : बहुत उपजाऊ @है|the soil : be very fertile
W बारिश का मौसम/ms : पास @है|the rainy season : be near
D खेती का काम पसंद @है/ms|like farm work
W बाज़ार में दाम/mp : ऊँचे @है|the prices in the market : be high
W परिवार/ms : बहुत बड़ा @है|the family : be very big""",
        """W ज़मीन/fs : बहुत सूखी @है|the soil : be very dry
W कुआँ/ms : सूखा @है|the well : be dry
W बहुत तेज़ बारिश/fs : @हो|it : rain very hard
W धूप/fs : बहुत तेज़ @है|the sun : be very strong
N बीमार @है|be ill
W मज़दूर बहुत कम/mp : @है|there : be very few workers""",
    ),
    "cook": (
        """परिवार के लिए {o:meal} @बना|cook {o} for the family
रसोई में {o:bake:p} @बना|make {o} in the kitchen
{o:veg:p} @काट|cut {o}
मेहमानों को {o:drink} @दे|give {o} to the guests
बर्तन @धो/mp|wash the dishes
मेज़ पर थालियाँ @रख/fp|put the plates on the table
अपनी दादी से खाना बनाना @सीख/ms|learn cooking from <own> grandmother
चूल्हा @जला/ms|light the stove
बाज़ार से ताज़ी सब्ज़ियाँ @ला/fp|bring fresh vegetables from the market
रसोई साफ़ @कर/fs|clean the kitchen
सबके लिए {o:brew} @बना|make {o} for everyone""",
        """W मेहमान/mp : भूखे @है|the guests : be hungry
W घर में दावत/fs : @है|there : be a feast at home
W बच्चे/mp : बहुत भूखे @है|the children : be very hungry
D रसोई का काम पसंद @है/ms|like kitchen work
N बहुत भूख~ @है|be very hungry""",
        """W रसोई/fs : बहुत छोटी @है|the kitchen : be very small
W चूल्हा/ms : ख़राब @है|the stove : be broken
N बहुत थक~ हु^ @है|be very tired
P! समय @है/ms|have time
W बिजली/fs : बंद @है|the power : be off
G सिर में दर्द @है/ms|have a headache""",
    ),
    "sport": (
        """अपने दोस्तों के साथ {o:game} @खेल|play {o} with <own> friends
मैदान में @दौड़|run on the playground
नदी में @तैर|swim in the river
पहाड़ पर @चढ़|climb the mountain
मैदान में मैच @देख/ms|watch the match on the playground
सुबह व्यायाम @कर/ms|exercise in the morning
टीम के साथ अभ्यास @कर/ms|practice with the team
{o:game} @सीख|learn {o}
बच्चों को {o:game} @सिखा|teach {o} to the children
सड़क पर साइकिल @चला/fs|ride a bicycle on the road""",
        """D खेल-कूद पसंद @है/ms|like sports
W मौसम/ms : अच्छा @है|the weather : be good
N टीम में @है|be on the team
P पूरी शाम @है/fs|have the whole evening
W बड़ा मुकाबला/ms : पास @है|the big competition : be near""",
        """W बाहर बहुत गर्मी/fs : @है|it : be very hot outside
G पैर में चोट @है/fs|have a foot injury
W बहुत तेज़ बारिश/fs : @हो|it : rain very hard
N बहुत थक~ हु^ @है|be very tired
W ज़मीन/fs : गीली @है|the ground : be wet
N बीमार @है|be ill""",
    ),
    "office": (
        """दफ़्तर @जा|go to the office
एक लंबी रिपोर्ट @लिख/fs|write a long report
बैठक में नई योजना @समझा/fs|explain the new plan at the meeting
ग्राहकों को पत्र @भेज/mp|send letters to the customers
कंप्यूटर पर काम @कर/ms|work on the computer
मैनेजर से बात @कर/fs|talk to the manager
नई नौकरी @ढूँढ/fs|look for a new job
देर रात तक काम @कर/ms|work until late at night
सारे सवालों के जवाब @दे/mp|answer all the questions
पुरानी समस्या हल @कर/fs|solve the old problem
दफ़्तर में {r.se} @मिल|meet {r} at the office""",
        """W काम/ms : बहुत ज़रूरी @है|the work : be very important
N बहुत मेहनती @है|be very hardworking
W मैनेजर/ms : नाराज़ @है|the manager : be angry
W समय बहुत कम/ms : @है|there : be very little time
D पैसों की ज़रूरत @है/fs|need money""",
        """W कंप्यूटर/ms : ख़राब @है|the computer : be broken
W दफ़्तर/ms : बंद @है|the office : be closed
W मैनेजर/ms : शहर से बाहर @है|the manager : be out of town
P! समय @है/ms|have time
N बीमार @है|be ill
W सड़क पर बहुत भीड़/fs : @है|there : be a big crowd on the road""",
    ),
    "feast": (
        """रंगीन काग़ज़ से घर @सजा/ms|decorate the house with colorful paper
अपने दोस्तों को घर @बुला|call <own> friends home
{o:song:p} @गा|sing {o}
मेहमानों के साथ @नाच|dance with the guests
बच्चों को मिठाइयाँ @दे/fp|give sweets to the children
नए कपड़े @पहन/mp|wear new clothes
सारे दीपक @जला/mp|light all the lamps
{r.dat} {o:gift} @दे|give {o} to {r}
सबके लिए {o:bake:p} @बना|make {o} for everyone
सबके सामने {o:music:b} @बजा|play the {o} in front of everyone""",
        """W घर में शादी/fs : @है|there : be a wedding at home
W गाँव में त्योहार/ms : @है|there : be a festival in the village
N बहुत खुश @है|be very happy
W सारे रिश्तेदार/mp : घर पर @है|all the relatives : be at home
W मेहमान/mp : आने वाले @है|the guests : be about to come""",
        """N बीमार @है|be ill
W मेहमान/mp : नाराज़ @है|the guests : be angry
P! पैसे @है/mp|have money
W बिजली/fs : बंद @है|the power : be off
P! समय @है/ms|have time
N बहुत दुखी @है|be very sad""",
    ),
    "home": (
        """सारे कमरे साफ़ @कर/mp|clean all the rooms
गंदे कपड़े @धो/mp|wash the dirty clothes
पुरानी अलमारी ठीक @कर/fs|fix the old cupboard
टूटी कुर्सी की मरम्मत @कर/fs|repair the broken chair
पुराना सामान @बेच/ms|sell the old goods
नया घर @ढूँढ/ms|look for a new house
सारी खिड़कियाँ @खोल/fp|open all the windows
रसोई में काम @कर/ms|work in the kitchen
आँगन में {o:flower:p} @लगा|plant {o} in the courtyard
बच्चों का कमरा @सजा/ms|decorate the children's room
घर के सामने {o:vehicle:s} साफ़ @कर|clean {o} in front of the house""",
        """W मेहमान/mp : आने वाले @है|the guests : be about to come
W घर/ms : बहुत गंदा @है|the house : be very dirty
D साफ़ घर पसंद @है/ms|like a clean house
W त्योहार/ms : पास @है|the festival : be near
P पूरा दिन @है/ms|have the whole day""",
        """W पानी/ms : बंद @है|the water : be off
N बहुत थक~ हु^ @है|be very tired
P! समय @है/ms|have time
G हाथ में दर्द @है/ms|have a pain in <own> hand
N काम में बहुत व्यस्त @है|be very busy with work""",
    ),
}
FALLBACKS = """
घर @लौट|return home
{k.dat} फ़ोन @कर/ms|phone {k}
अगले दिन का इंतज़ार @कर/ms|wait for the next day
{k.se} मदद @माँग/fs|ask {k} for help
घर पर चुपचाप @बैठ|sit quietly at home
{k.se} बात @कर/fs|talk to {k}
{k.ke} घर @जा|go to {kmine} house
{k.se} सलाह @ले/fs|take advice from {k}
"""
FIXED = {
    "know": "N @जान|know",
    "think": "N @सोच|think",
    "say": "N @कह|say",
    "hope": "D उम्मीद @है/fs|hope",
    "tell": "N {k.se} @कह|tell {k}",
    "so": "N ऐसा @कर/ms|do so",
    "happy": "N बहुत खुश @है|be very happy",
    "sad": "N बहुत दुखी @है|be very sad",
    "upset": "N थोड़~ परेशान @है|be a little upset",
    "learn": "D पता @है/ms|know",
    "worry": "N बहुत चिंतित @है|be very worried",
    "surprise": "N बहुत हैरान @है|be very surprised",
    "ready": "N पूरी तरह तैयार @है|be completely ready",
}

# --------------------------------------------------------------------------- patterns

# Tokens are {SUBJECT TENSE PREDICATE [neg]}, {SUBJECT inf PREDICATE} and {t GROUP}.  Subjects: A a
# person and a its pronoun, B a relative of A and b its pronoun, C somebody else, R "the boy who" and
# Q its correlative.  Predicates: w x y z acts of one topic, x+y one after the other, r a reason,
# o an obstacle, f what one does when hindered, and the names in FIXED.
MEDIUM = """
{A past x} क्योंकि {a was r}। || {A past x} because {a was r}.
{A fut x} क्योंकि {a is r}। || {A fut x} because {a is r}.
{A want x}, लेकिन {a is o}। || {A want x}, but {a is o}.
{A wanted x}, लेकिन {a was o}। || {A wanted x}, but {a was o}.
{A was o}, इसलिए {a could x neg}। || {A was o}, so {a could x neg}.
{A is r}, इसलिए {a prog x}। || {A is r}, so {a prog x}.
हालाँकि {A was o}, फिर भी {a past x}। || Although {A was o}, {a past x}.
हालाँकि {A is o}, फिर भी {a haveto x}। || Although {A is o}, {a haveto x}.
अगर {A cond o}, तो {a ableto x neg}। || If {A cond o}, {a ableto x neg}.
अगर {A cond x}, तो {B fut y}। || If {A cond x}, {B fut y}.
अगर {A cond r}, तो {a fut x}। || If {A cond r}, {a fut x}.
जब {A pastprog x}, तब {B pastprog y}। || When {A pastprog x}, {B pastprog y}.
जब {A hab x}, तब {B hab y}। || When {A hab x}, {B hab y}.
जब {A cond x}, तब {B fut y}। || When {A cond x}, {B fut y}.
जैसे ही {A past x}, {B past y}। || As soon as {A past x}, {B past y}.
{A inf x} से पहले {A past y}। || Before {A inf x}, {A past y}.
{A inf x} के बाद {A fut y}। || After {A inf x}, {A fut y}.
{A inf x} के बाद {A hab y}। || After {A inf x}, {A hab y}.
{A past x+y}। || {A past x+y}.
{A fut x+y}। || {A fut x+y}.
{A hab x+y}। || {A hab x+y}.
{A haveto x+y}। || {A haveto x+y}.
{t past} {A past x+y}। || {t past} {A past x+y}.
{t fut} {A fut x+y}। || {t fut} {A fut x+y}.
{A hab know} कि {C fut x}। || {A hab know} that {C fut x}.
{A hab think} कि {C should x}। || {A hab think} that {C should x}.
{A hab say} कि {C is o}। || {A hab say} that {C is o}.
{A hab hope} कि {C fut x}। || {A hab hope} that {C fut x}.
{A past tell} कि {a would x}। || {A past tell} that {a would x}.
{A past think} कि {a would x}। || {A past think} that {a would x}.
{A past x} और {B past y}। || {A past x} and {B past y}.
{A prog x} और {B prog y}। || {A prog x} and {B prog y}.
{A fut x}, लेकिन {B fut y}। || {A fut x}, but {B fut y}.
{A past x}, लेकिन {B past y neg}। || {A past x}, but {B past y neg}.
{A past x} ताकि {B socould p}। || {A past x} so that {B socould p}.
{A fut x} ताकि {B socan p}। || {A fut x} so that {B socan p}.
{R prog x}, {Q hab kinof}। || {R prog x} {Q hab kinof}.
{R past x}, {Q prog y}। || {R past x} {Q prog y}.
{R past x}, {Q was happy}। || {R past x} {Q was happy}.
{R hab x}, {Q want y}। || {R hab x} {Q want y}.
{R could x neg}, {Q was sad}। || {R could x neg} {Q was sad}.
{R wanted x}, {Q hadto f}। || {R wanted x} {Q hadto f}.
{A should x}, नहीं तो {B fut sad}। || {A should x}, otherwise {B fut sad}.
{A haveto x}, नहीं तो {B fut upset}। || {A haveto x}, otherwise {B fut upset}.
जहाँ {A hab live}, वहाँ {A is there}। || {A is there} where {A hab live}.
जहाँ {A hab work}, वहाँ {A is there}। || {A is there} where {A hab work}.
जहाँ {A pasthab live}, वहाँ {A was there}। || {A was there} where {A pasthab live}.
{t hab} {A hab x+y}। || {t hab} {A hab x+y}.
{t hab} {A hab x} और {B hab y}। || {t hab} {A hab x} and {B hab y}.
{t pasthab} {A pasthab x+y}। || {t pasthab} {A pasthab x+y}.
{t pasthab} {A pasthab x}, लेकिन {B pasthab y}। || {t pasthab} {A pasthab x}, but {B pasthab y}.
{t pastprog} {A pastprog x} और {B pastprog y}। || {t pastprog} {A pastprog x} and {B pastprog y}.
{t prog} {A prog x}, लेकिन {B prog y}। || {t prog} {A prog x}, but {B prog y}.
या तो {A fut x} या {B fut y}। || Either {A fut x} or {B fut y}.
जब तक {A cond x neg}, तब तक {B fut y neg}। || As long as {A cond x neg}, {B fut y neg}.
"""

LONGER = """
{A wanted x}, लेकिन {a was o}, इसलिए {a past f}। || {A wanted x}, but {a was o}, so {a past f}.
{t past} {A past x+y}, क्योंकि {a was r}। || {t past} {A past x+y}, because {a was r}.
हालाँकि {A was o}, फिर भी {a past x}, क्योंकि {a was r}। || Although {A was o}, {a past x}, because {a was r}.
{A hab know} कि {a is o}, लेकिन फिर भी {a want x}। || {A hab know} that {a is o}, but still {a want x}.
अगर {A cond o}, तो {a ableto x neg} और {B fut sad}। || If {A cond o}, {a ableto x neg} and {B fut sad}.
अगर {t fut} {A cond x}, तो {B fut y}, लेकिन {C fut z}। || If {A cond x} {t fut}, {B fut y}, but {C fut z}.
जब {A pastprog x}, तब {B pastprog y} और {C pastprog z}। || When {A pastprog x}, {B pastprog y} and {C pastprog z}.
{A past tell} कि {a would x}, लेकिन {a could so neg}। || {A past tell} that {a would x}, but {a could so neg}.
{A past tell} कि {a would x}, क्योंकि {a was r}। || {A past tell} that {a would x}, because {a was r}.
{A inf x} के बाद {A past y} और {B past z}। || After {A inf x}, {A past y} and {B past z}.
{A inf x} से पहले {A past y}, क्योंकि {a was r}। || Before {A inf x}, {A past y}, because {a was r}.
{R wanted x}, {Q hadto f} क्योंकि {q was o}। || {R wanted x} {Q hadto f} because {q was o}.
{R past x+y}, {Q fut z}। || {R past x+y} {Q fut z}.
{A haveto x} और {a haveto y}, नहीं तो {B fut sad}। || {A haveto x} and {a haveto y}, otherwise {B fut sad}.
{A fut x+y} ताकि {B socan p}। || {A fut x+y} so that {B socan p}.
{A hab hope} कि {t fut} {B fut x}, क्योंकि {b is r}। || {A hab hope} that {B fut x} {t fut}, because {b is r}.
जैसे ही {A past x+y}, {B past z} और {C was happy}। || As soon as {A past x+y}, {B past z} and {C was happy}.
{A past x}, {B past y} और {C past z}, इसलिए सब खुश थे। || {A past x}, {B past y} and {C past z}, so everyone was happy.
{A was learn} कि {B was o}, इसलिए {a past f}। || {A was learn} that {B was o}, so {a past f}.
"""

# The longest sentences: an opening, a middle and an end that fit the outcome, F failed or D done.
OPENINGS = """
F {t past} {A wanted x}, लेकिन {a was o} || {t past} {A wanted x}, but {a was o}
F {A past tell} कि {a would x}, लेकिन {a could so neg} क्योंकि {a was o} || {A past tell} that {a would x}, but {a could so neg} because {a was o}
F जब {C pastprog y}, तब {A wanted x}, लेकिन {a was o} || When {C pastprog y}, {A wanted x}, but {a was o}
F {R wanted x}, {Q could so neg} क्योंकि {q was o} || {R wanted x} {Q could so neg} because {q was o}
F {A supposed x+w}, लेकिन {a was o} || {A supposed x+w}, but {a was o}
D हालाँकि {A was o}, फिर भी {a past x+w} || Although {A was o}, {a past x+w}
D जब {C pastprog y}, तब {A past x+w} || When {C pastprog y}, {A past x+w}
D {A inf x} से पहले {A past w}, क्योंकि {a was r} || Before {A inf x}, {A past w}, because {a was r}
D {t past} {A past x+w}, क्योंकि {a was r} || {t past} {A past x+w}, because {a was r}
D {R past x+w}, {Q was happy} || {R past x+w} {Q was happy}
D {A past think} कि {a would x+w}, और {a past so} || {A past think} that {a would x+w}, and {a past so}
P {A hab know} कि {a haveto x}, लेकिन {a is o} || {A hab know} that {a haveto x}, but {a is o}
P अगर {t fut} {A cond o}, तो {a ableto x neg} || If {A cond o} {t fut}, {a ableto x neg}
P {A hab say} कि {a want x}, लेकिन {a is o} || {A hab say} that {a want x}, but {a is o}
"""
MIDDLES = """
F , इसलिए {a past f} || , so {a past f}
F , इसलिए {a hadto f} || , so {a hadto f}
F , इसलिए {a past f} और {B past z} || , so {a past f} and {B past z}
F , और {a was upset}, लेकिन {B past z} || , and {a was upset}, but {B past z}
D , और उसके बाद {B past z} || , and after that {B past z}
D , जबकि {B pastprog z} || , while {B pastprog z}
D , और फिर {a past z} ताकि {B socould p} || , and then {a past z} so that {B socould p}
D , और जब {a pastprog z}, तब {C past f} || , and when {a pastprog z}, {C past f}
P , इसलिए {a fut f} || , so {a fut f}
P , और शायद {a haveto f}, लेकिन {B fut z} || , and perhaps {a haveto f}, but {B fut z}
P , इसलिए {a hab think} कि {B fut z} || , so {a hab think} that {B fut z}
"""
ENDS = """
F , लेकिन अगले दिन {a past v} और {a was happy}। || , but the next day {a past v} and {a was happy}.
F , और {C past tell2} कि अगले हफ़्ते {c would v}। || , and {C past tell2} that {c would v} next week.
F , हालाँकि {B was worry} और {C was surprise}। || , although {B was worry} and {C was surprise}.
F , क्योंकि {a was learn} कि {C would v}। || , because {a was learn} that {C would v}.
D , इसलिए {a was happy} और {C past v}। || , so {a was happy} and {C past v}.
D , ताकि {C socould p} और सब खुश हों। || , so that {C socould p} and everyone could be happy.
D , और अंत में {C past tell2} कि अगले दिन {c would v}। || , and finally {C past tell2} that {c would v} the next day.
D , हालाँकि {C was ready} और {c wanted v}। || , although {C was ready} and {c wanted v}.
P , ताकि {a socan p} और सब खुश हों। || , so that {a socan p} and everyone can be happy.
P , नहीं तो {B fut sad} और {C ableto v neg}। || , otherwise {B fut sad} and {C ableto v neg}.
P , क्योंकि {a is learn} कि {t fut} {C fut v}। || , because {a is learn} that {C fut v} {t fut}.
"""
# What there is where somebody lives or works.
THERE = """
W एक सुंदर झील/fs : @है|there : be a beautiful lake
W एक घना जंगल/ms : @है|there : be a dense forest
W एक गहरी नदी/fs : @है|there : be a deep river
W एक चौड़ी सड़क/fs : @है|there : be a wide road
W एक शांत पार्क/ms : @है|there : be a quiet park
W ऊँचे पहाड़/mp : @है|there : be high mountains
W एक पुराना पुल/ms : @है|there : be an old bridge
W बहुत सारे पेड़/mp : @है|there : be many trees
W एक लंबा रास्ता/ms : @है|there : be a long path
W कई नए मकान/mp : @है|there : be several new homes
"""
PURPOSES = """
N खुश @हो|be happy
N घर पर आराम @कर/ms|rest at home
N {k.ki} मदद @कर/fs|help {k}
N परिवार के साथ समय @बिता/ms|spend time with the family
"""
FIXED_MORE = {
    "beglad": "N खुश @हो|be happy",
    "tell2": "N {k.se} @कह|tell {k}",
    "live": "N @रह|live",
    "work": "N काम @कर/ms|work",
}
